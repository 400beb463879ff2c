// What the composers of all practice pages have in common; each page brings its own markup. Everything is asked for in
// the query:
//   state=credits|free|zero|loading|unknown|missing   lang=en|de|tr   degree=1|2|3
//   n=45 and one=1, printed as they are given
//   name=...       where the person's name stands, if the page knows several places
//   composer=none  the page without a composer    card=ACoAA...   what the card links to in place of the slug
//   root=closed    a closed shadow root instead of what the page usually has
//   host=renamed   the host of the shadow root under another name
//   frame=page     inside a frame of this site    frame=blank   inside a frame without an address
//   two=open       a second composer, for Robin Sample    two=hidden   one that is left over, unseen
//   active=first|second|none   which of the two says that it is the active one
//   decoy=1        words about credits wherever they mean nothing
//   hashed=1       none of the names by which a composer is known
//   rerender=1     at every keystroke all of it is drawn anew
//   own=1          a message that was sent before
//   plain=1        an ordinary message: no subject, nothing about credits or degree
//   send=message|close|balance|silent   what a send leads to, after delay=0 ms    enter=1   Enter sends

const asked = new URLSearchParams(location.search);
const state = asked.get("state") ?? "credits";
const language = asked.get("lang") ?? "en";
const count = { n: asked.get("n"), one: asked.get("one") ?? "1" };

/** The words of the page's language. */
const say = (words) => words[language];

const DECOYS = [
  "Our webinar is free to Open Profile fans, use 1 of 3 credits today",
  "Use 1 of 7 InMail credits",
  "1 von 7 InMail-Guthaben verwenden",
  "No InMail credits left",
];
const decoys = (tag, className = "") =>
  asked.has("decoy") ? DECOYS.map((words) => `<${tag} class="${className}">${words}</${tag}>`).join("") : "";

const SECOND = { name: "Robin Sample", slug: "robin-sample", lead: "ACwAAARobinSample" };

/**
 * Puts the composers of a page where the query wants them, and lets them be used. `page`: host (an id), shadow ("open"
 * where it has one), markup(person, {active}) of one composer, composer, body, send and line (selectors),
 * mayWrite(composer) once all is filled in, own the markup of a sent message and place(composer) the element it is
 * added to.
 */
function practise(person, page) {
  if (asked.get("composer") === "none") return;
  const host = document.getElementById(page.host);
  document.documentElement.lang = language;
  if (asked.get("host") === "renamed") {
    for (const { name } of [...host.attributes]) host.removeAttribute(name);
    host.id = "x7f3";
  }
  if (asked.get("frame") === "page") {
    const inner = new URLSearchParams(asked);
    inner.set("frame", "inner");
    host.insertAdjacentHTML(
      "beforeend",
      `<iframe data-testid="interop-iframe" width="600" height="500" src="?${inner.toString().replaceAll("&", "&amp;")}"></iframe>`,
    );
    return;
  }
  if (asked.get("frame") === "inner") document.querySelector("main")?.remove();
  const root = rootIn(host, page);
  const draw = () => {
    root.innerHTML = composers(person, page);
  };
  draw();
  use(root, page, draw);
}

function rootIn(host, page) {
  if (asked.get("frame") === "blank") {
    const frame = host.appendChild(Object.assign(document.createElement("iframe"), { width: 600, height: 500 }));
    return frame.contentDocument.body;
  }
  const mode = asked.get("root") ?? page.shadow;
  return mode ? host.attachShadow({ mode }) : host;
}

function composers(person, page) {
  const active = asked.get("active") ?? "first";
  const draw = (...given) => (asked.has("hashed") ? hashed(page.markup(...given)) : page.markup(...given));
  const first = draw(person, { active: active === "first" });
  if (!asked.has("two")) return first;
  const second = draw(SECOND, { active: active === "second" });
  return `${first}<div ${asked.get("two") === "hidden" ? "hidden" : ""}>${second}</div>`;
}

const hashed = (markup) =>
  markup.replaceAll("msg-", "x7f3-").replaceAll('name="message"', "").replaceAll("data-live-test", "data-x7f3");

/** Listens where nothing is drawn anew. */
function use(root, page, draw) {
  const composerOf = (event) => event.target.closest(page.composer);
  const refresh = (composer) => {
    composer.querySelector(page.send).disabled = !page.mayWrite(composer);
  };
  root.addEventListener("input", (event) => {
    if (asked.has("rerender")) redraw(root, page, draw);
    const composer = asked.has("rerender") ? root.querySelector(page.composer) : composerOf(event);
    refresh(composer);
  });
  const send = (composer) => {
    if (composer.querySelector(page.send).disabled || state === "zero") return;
    setTimeout(() => sent(composer, page, refresh), Number(asked.get("delay") ?? 0));
  };
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    send(composerOf(event));
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest(page.send);
    if (button?.type === "button") send(composerOf(event));
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !asked.has("enter") || !event.target.closest(page.body)) return;
    event.preventDefault();
    send(composerOf(event));
  });
}

/** What was sent before. */
const earlier = (markup) => (asked.has("own") ? markup.replace("data-text>", ">An invented message.") : "");

const written = (field) => ("value" in field ? field.value : field.textContent);
const write = (field, text) => {
  if ("value" in field) field.value = text;
  else field.textContent = text;
};

/** As a framework does: new elements, the same text, the same focus. */
function redraw(root, page, draw) {
  const fields = () => [...root.querySelectorAll(`input, ${page.body}`)];
  const texts = fields().map(written);
  const focused = fields().indexOf(root.activeElement ?? root.ownerDocument.activeElement);
  draw();
  fields().forEach((field, index) => write(field, texts[index]));
  const field = fields()[focused];
  field?.focus();
  if (!field || "value" in field) return;
  getSelection().selectAllChildren(field);
  getSelection().collapseToEnd();
}

function sent(composer, page, refresh) {
  const kind = asked.get("send") ?? "message";
  if (kind === "silent") return;
  if (kind === "close") return composer.remove();
  const body = composer.querySelector(page.body);
  if (kind === "message") {
    const own = document.createElement("template");
    own.innerHTML = page.own;
    own.content.querySelector("[data-text]").textContent = written(body).trim();
    page.place(composer).append(own.content);
  }
  if (kind === "balance") {
    const line = composer.querySelector(page.line);
    line.textContent = line.textContent.replace(count.n ?? page.n, String(Number(count.n ?? page.n) - 1));
  }
  write(body, "");
  refresh(composer);
}
