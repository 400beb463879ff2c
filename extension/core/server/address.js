// The address of a server. Pure.

/**
 * Normalizes a server's address as typed: keeps the path (a proxy may serve Inkeeper below one), drops query and
 * fragment. Returns the code of the problem if it is not allowed. Plain HTTP is allowed for this computer only.
 * @param {string} typed
 * @returns {{address: string, problem: ""} | {address: null, problem: "bad_address" | "address_password"}}
 */
export function serverAddress(typed) {
  const text = typed.trim();
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (!url) return { address: null, problem: "bad_address" };
  if (url.username || url.password) return { address: null, problem: "address_password" };
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  const isAllowed = url.protocol === "https:" || (url.protocol === "http:" && url.hostname === "127.0.0.1");
  if (!isAllowed) return { address: null, problem: "bad_address" };
  return { address: url.origin + url.pathname.replace(/\/+$/, ""), problem: "" };
}
