// Which of two versions is older. Extension and server work together one minor version apart, in either direction.

import { ownVersion } from "./browser.js";

/**
 * Who has to be updated; null if both have the same version, or if the server's version is not known.
 * @param {string | null | undefined} server
 * @param {string} extension
 * @returns {"server" | "extension" | null}
 */
export function olderOf(server, extension) {
  const [theirs, own] = [numbers(server), numbers(extension)];
  if (!theirs || !own) return null;
  const place = own.findIndex((number, index) => number !== theirs[index]);
  if (place === -1) return null;
  return theirs[place] < own[place] ? "server" : "extension";
}

/**
 * Who has to be updated, with both versions; null without a connection, and if both have the same version.
 * @param {Pick<View, "server">} view
 */
export function olderIn({ server: { paired, version } }) {
  const extension = ownVersion();
  const which = paired ? olderOf(version, extension) : null;
  return which && version ? { which, server: version, extension } : null;
}

/**
 * The three numbers of a version such as `0.1.0` or `0.2.0rc1`; null for another text.
 * @param {string | null | undefined} version
 */
function numbers(version) {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? "");
  return found && [1, 2, 3].map((group) => Number(found[group] ?? 0));
}
