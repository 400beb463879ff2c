// Every way in which a page can make the browser ask a server of another site, and what the page learns from it.

const PATIENCE_MS = 5000;

const settled = (promise) =>
  promise.then(
    () => "success",
    (error) => error.name,
  );
const within = (promise) =>
  Promise.race([
    promise,
    new Promise((resolve) => {
      setTimeout(resolve, PATIENCE_MS, "nothing");
    }),
  ]);

/** An element that is added to the page, and the event that it gets. */
const eventOf = (tag, attributes) =>
  new Promise((resolve) => {
    const node = document.createElement(tag);
    node.onload = () => resolve("load");
    node.onloadeddata = () => resolve("load");
    node.onerror = () => resolve("error");
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    document.body.append(node);
  });

/** A form that is sent into a frame, and the event that the frame gets. */
const form = (method, action) =>
  new Promise((resolve) => {
    const name = `frame-${Math.random()}`;
    const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { name }));
    const sent = document.body.appendChild(
      Object.assign(document.createElement("form"), { method, action, target: name }),
    );
    frame.onload = () => resolve("load");
    sent.submit();
  });

const xhr = (url) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.onloadend = () => resolve(`status ${request.status}`);
    request.open("GET", url);
    request.send();
  });

const eventSource = (url) =>
  new Promise((resolve) => {
    const source = new EventSource(url);
    source.onopen = () => resolve("open");
    source.onerror = () => {
      resolve(`readyState ${source.readyState}`);
      source.close();
    };
  });

const webSocket = (url) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http:", "ws:"));
    socket.onopen = () => resolve("open");
    socket.onclose = ({ code }) => resolve(`code ${code}`);
  });

const worker = (url) =>
  new Promise((resolve) => {
    const text = `try { importScripts(${JSON.stringify(url)}); postMessage("success"); } catch (error) { postMessage(error.name); }`;
    const made = new Worker(URL.createObjectURL(new Blob([text])));
    made.onmessage = ({ data }) => resolve(data);
  });

const module = (url) => settled(import(url));

const pinged = (url) => {
  const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: "#", ping: url }));
  link.click();
  return Promise.resolve("sent");
};

const speculated = (url) => {
  const rules = document.createElement("script");
  rules.type = "speculationrules";
  rules.textContent = JSON.stringify({ prefetch: [{ source: "list", urls: [url], eagerness: "immediate" }] });
  document.head.append(rules);
  return new Promise(() => {});
};

const KINDS = {
  fetch_no_cors: (url) => settled(fetch(url, { mode: "no-cors" })),
  fetch_no_cors_post: (url) => settled(fetch(url, { mode: "no-cors", method: "POST", body: "text" })),
  fetch_credentials: (url) => settled(fetch(url, { mode: "no-cors", credentials: "include" })),
  fetch_cors: (url) => settled(fetch(url)),
  fetch_preflight: (url) => settled(fetch(url, { headers: { Authorization: "Bearer x" } })),
  fetch_long: (url) => settled(fetch(`${url}&${"x".repeat(300_000)}`, { mode: "no-cors" })),
  fetch_invalid: (url) => settled(fetch(url.replace("/?", "//[?"), { mode: "no-cors" })),
  xhr,
  event_source: eventSource,
  web_socket: webSocket,
  worker,
  module,
  beacon: (url) => Promise.resolve(String(navigator.sendBeacon(url, "text"))),
  ping: pinged,
  image: (url) => eventOf("img", { src: url }),
  image_cors: (url) => eventOf("img", { crossorigin: "anonymous", src: url }),
  script: (url) => eventOf("script", { src: url }),
  style: (url) => eventOf("link", { rel: "stylesheet", href: url }),
  preload: (url) => eventOf("link", { rel: "preload", as: "image", href: url }),
  prefetch: (url) => eventOf("link", { rel: "prefetch", href: url }),
  icon: (url) => eventOf("link", { rel: "icon", href: url }),
  font: (url) => settled(new FontFace("Other", `url(${JSON.stringify(url)})`).load()),
  video: (url) => eventOf("video", { src: url }),
  audio: (url) => eventOf("audio", { src: url }),
  iframe: (url) => eventOf("iframe", { src: url }),
  object: (url) => eventOf("object", { data: url }),
  embed: (url) => eventOf("embed", { src: url }),
  form_post: (url) => form("post", url),
  form_get: (url) => form("get", url),
  speculation_rules: speculated,
};

/** What the page learns by each kind of request to this server: `{kind: outcome}`. */
globalThis.tryEverything = async (base) => {
  const tried = Object.entries(KINDS).map(async ([kind, ask]) => [
    kind,
    await within(ask(`${base}/?${kind}`).catch((error) => error.name)),
  ]);
  return Object.fromEntries(await Promise.all(tried));
};
