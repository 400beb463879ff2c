// What the server's pages need of the browser: signing in, the token with every request, and guards around htmx.
// Loaded in <head>, before htmx: the secret in the address is taken out before anything can be sent.
"use strict";

(() => {
  const TOKEN = "token";
  const THEME = "theme";
  const SIGN_IN = /^#signin=([\w-]{1,200})$/;
  const UNDO_MS = 15_000;
  const UPDATE_AFTER_MS = 60_000;

  /** The stored value; null if there is none, undefined if the browser blocks storage. @param {string} key */
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return undefined;
    }
  }

  // ---- theme ----

  function showTheme() {
    const theme = stored(THEME);
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (theme ?? "")));
    }
  }

  // ---- signing in and out ----

  /** Takes the one-time secret out of the address, so that neither a request nor the session history holds it. */
  function takeSecret() {
    const secret = SIGN_IN.exec(location.hash)?.[1] ?? null;
    if (secret) history.replaceState(history.state, "", location.pathname + location.search);
    return secret;
  }

  let secret = takeSecret();

  function deviceName() {
    const agent = navigator.userAgent;
    const browsers = [
      ["Edg", "Edge"],
      ["OPR", "Opera"],
      ["Firefox", "Firefox"],
      ["FxiOS", "Firefox"],
      ["Chrome", "Chrome"],
      ["CriOS", "Chrome"],
      ["Safari", "Safari"],
    ];
    const systems = [
      ["Android", "Android"],
      ["iPhone", "iPhone"],
      ["iPad", "iPad"],
      ["Windows", "Windows"],
      ["Mac OS", "Mac"],
      ["CrOS", "ChromeOS"],
      ["Linux", "Linux"],
    ];
    const find = (/** @type {string[][]} */ names) => names.find(([part]) => agent.includes(part))?.[1];
    const system = find(systems);
    return (find(browsers) ?? "a browser") + (system ? ` on ${system}` : "");
  }

  /** Exchanges the secret for a token. Gives what to say if it cannot. @param {string} given */
  async function redeem(given) {
    const headers = { "Content-Type": "application/json", ...authorization() };
    const body = JSON.stringify({ secret: given, device: deviceName() });
    const answer = await fetch("/api/v1/sign-ins/redeem", { method: "POST", headers, body, credentials: "omit" });
    if (answer.status === 201) {
      localStorage.setItem(TOKEN, (await answer.json()).token);
      return null;
    }
    return answer.status === 429 ? "busy" : "expired";
  }

  function authorization() {
    const token = stored(TOKEN);
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  async function start() {
    const given = secret;
    secret = null;
    if (stored(TOKEN) === undefined) {
      showState("blocked");
      return;
    }
    let why = null;
    if (given) {
      try {
        why = await redeem(given);
      } catch {
        showState("away");
        return;
      }
    }
    if (stored(TOKEN)) await load();
    else showState("out", why);
  }

  function load() {
    return htmx.ajax("GET", location.pathname + location.search, { target: "#main", swap: "outerHTML" });
  }

  /** Takes everything off the page that an answer of the server brought. */
  function clear() {
    for (const id of ["problem", "toast"]) document.getElementById(id)?.replaceChildren();
    for (const node of document.querySelectorAll("#frame nav, #frame details")) node.remove();
    document.title = "Inkeeper";
  }

  /** @param {string} name @param {string | null} [why] */
  function showState(name, why) {
    clear();
    const content = template(`state-${name}`);
    const reason = content.querySelector("[data-why]");
    if (reason && why) {
      reason.replaceChildren(template(`say-${why}`));
      reason.hidden = false;
    }
    const main = document.getElementById("main");
    main.removeAttribute("aria-busy");
    main.replaceChildren(content);
    main.querySelector("h1")?.focus();
  }

  /** @param {string} id */
  const template = (id) => document.getElementById(id).content.cloneNode(true);

  async function signOut() {
    const headers = authorization();
    localStorage.removeItem(TOKEN);
    showState("out");
    // The browser is signed out whether or not the server hears of it.
    await fetch("/sign-out", { method: "POST", headers, credentials: "omit", keepalive: true }).catch(() => null);
  }

  /** @param {string} name */
  function sayProblem(name) {
    const notice = document.createElement("p");
    notice.className = "notice urgent";
    notice.append(template(`say-${name}`));
    document.getElementById("problem")?.replaceChildren(notice);
  }

  addEventListener("storage", ({ key, newValue }) => {
    if (key === THEME) showTheme();
    if (key !== TOKEN && key !== null) return;
    if (newValue) load();
    else showState("out");
  });

  // A page that another visit left in the back/forward cache shows data although nobody is signed in any more.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && !stored(TOKEN)) location.reload();
  });

  addEventListener("hashchange", () => {
    secret = takeSecret();
    if (secret) start();
  });

  // ---- htmx: the token, and guards against what 4.0.1 does by default ----

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (!stored(TOKEN)) {
      event.preventDefault();
      showState("out");
      return;
    }
    Object.assign(ctx.request.headers, authorization());
    // It is the whole address, fragment included.
    delete ctx.request.headers["HX-Current-URL"];
    const progress = ctx.sourceElement.querySelector?.("progress[data-upload]");
    if (progress && ctx.request.method === "POST") {
      ctx.fetch = uploader(progress);
      // A large file may take longer on its way than any other request.
      ctx.request.timeout = 0;
    }
  });

  document.addEventListener("htmx:before:response", (event) => {
    const { response, request, sourceElement } = event.detail.ctx;
    const type = response.headers.get("Content-Type") ?? "";
    if (response.status === 401) {
      event.preventDefault();
      // Another tab may have signed in again since.
      if (request.headers.Authorization !== authorization().Authorization) return;
      localStorage.removeItem(TOKEN);
      showState("out", "revoked");
    } else if (!type.startsWith("text/html")) {
      event.preventDefault();
      sayProblem(response.status === 429 ? "busy" : "server");
    } else if (response.status < 400) {
      // Not htmx's own redirect: after that the button would stay dimmed, as if the request went on.
      const file = response.headers.get("Inkeeper-Download");
      if (file) {
        event.preventDefault();
        location.href = file;
      }
      document.getElementById("problem")?.replaceChildren();
      // The extension in this browser hears it, and fetches its number anew.
      if (request.method !== "GET" && !sourceElement.matches?.("[data-reads]")) {
        document.dispatchEvent(new Event("inkeeper:changed"));
      }
    }
  });

  // A refused page would otherwise be pushed into the history although it is not shown.
  document.addEventListener("htmx:before:history:update", (event) => {
    if (event.detail.response?.status >= 400) event.preventDefault();
  });

  document.addEventListener("htmx:error", (event) => {
    if (!event.detail.ctx?.request) return;
    if (document.getElementById("main")?.hasAttribute("aria-busy")) showState("away");
    else sayProblem("away");
  });

  // Ctrl-, Cmd- and Shift-click open a new tab or window: htmx would swallow them.
  addEventListener(
    "click",
    (event) => {
      if ((event.ctrlKey || event.metaKey || event.shiftKey) && event.target.closest?.("a[href]")) {
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  /** A `fetch` that shows how much of a file has been sent. @param {HTMLProgressElement} progress */
  function uploader(progress) {
    return (/** @type {string} */ url, /** @type {any} */ { method, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open(method, url);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.responseType = "blob";
        request.upload.onprogress = ({ loaded, total }) => {
          progress.hidden = false;
          progress.max = total;
          progress.value = loaded;
        };
        request.onload = () => {
          const lines = request.getAllResponseHeaders().trim().split(/\r?\n/);
          const pairs = lines.map((line) => [
            line.slice(0, line.indexOf(":")),
            line.slice(line.indexOf(":") + 1).trim(),
          ]);
          resolve(new Response(request.response, { status: request.status, headers: pairs }));
        };
        request.onerror = () => reject(new TypeError("the upload failed"));
        request.onloadend = () => {
          progress.hidden = true;
        };
        signal?.addEventListener("abort", () => {
          request.abort();
          reject(signal.reason);
        });
        request.send(body);
      });
  }

  // ---- after each swap ----

  let shownAt = Date.now();

  document.addEventListener("htmx:after:swap", (event) => {
    shownAt = Date.now();
    // A refused form: to its first error, or to the question that it asks.
    if (event.detail.ctx.response?.status === 422) {
      document.querySelector("main [aria-invalid=true], main [role=alert] button")?.focus();
    }
    showTheme();
    showZones();
    chooseOwnZone();
    leaveInTime();
    countPicked();
    backToRow(event.detail.ctx.sourceElement);
  });

  /**
   * After a row was closed the focus is on it again.
   * @param {Element} source what was swapped in, where the button is gone
   */
  function backToRow(source) {
    if (document.activeElement !== document.body) return;
    source?.closest?.("tbody")?.querySelector("[data-opens]")?.focus({ focusVisible: true });
  }

  /** Names the account's time zone where it is not the browser's own. */
  function showZones() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const element of document.querySelectorAll("[data-zone]")) element.hidden = element.dataset.zone === own;
  }

  /** Chooses the browser's time zone in a form for a new account, where none is chosen. */
  function chooseOwnZone() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const list of document.querySelectorAll(".own-zone select")) {
      const option = [...list.options].find(({ value }) => value === own);
      if (option && !list.querySelector("option[selected]")) option.defaultSelected = option.selected = true;
    }
  }

  function leaveInTime() {
    for (const toast of document.querySelectorAll(".toast:not([data-leaving])")) {
      toast.dataset.leaving = "";
      const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, UNDO_MS) : toast.remove());
      setTimeout(leave, UNDO_MS);
    }
  }

  // A page that was left open is brought up to date when it is looked at again, unless something is being typed.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - shownAt < UPDATE_AFTER_MS || !stored(TOKEN) || isBeingTyped()) return;
    load();
  });

  function isBeingTyped() {
    const fields = document.querySelectorAll("main input:not([type=hidden]), main textarea, main select");
    return [...fields].some((field) =>
      field instanceof HTMLSelectElement
        ? ![...field.options].every((option) => option.selected === option.defaultSelected) && field.selectedIndex > 0
        : field.value !== field.defaultValue,
    );
  }

  // ---- keyboard, menus, buttons of the shell ----

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null, true);
    if (event.key === "Escape") leaveRow(event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || isTypedIn(event.target)) return;
    if (steer(event.key)) {
      event.preventDefault();
      return;
    }
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });

  // ---- the rows of a list: j, k and x; how many are selected; a dialog ----

  let lastRow = 0;

  /** Whether letters are typed into it: a checkbox or a button takes none. @param {Element} target */
  const isTypedIn = (target) =>
    target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");

  /** Does what a key stands for in a list. Gives whether it stands for anything. @param {string} key */
  function steer(key) {
    const opens = [...document.querySelectorAll("[data-opens]")];
    const at = opens.findIndex((button) => button.closest("tr").contains(document.activeElement));
    if (key === "?") {
      const dialog = document.querySelector("dialog");
      dialog?.showModal();
      return Boolean(dialog);
    }
    if (!opens.length) return false;
    if (key === "j" || key === "k") {
      const next = at < 0 ? lastRow : at + (key === "j" ? 1 : -1);
      lastRow = Math.max(0, Math.min(next, opens.length - 1));
      opens[lastRow].focus({ focusVisible: true });
      opens[lastRow].closest("tr").scrollIntoView({ block: "nearest" });
    } else if (key === "x" && at >= 0) {
      opens[at].closest("tr").querySelector("[name=target]").click();
    } else return false;
    return true;
  }

  /** Escape in an opened row: out of the field first, then out of the row. @param {Element} target */
  function leaveRow(target) {
    const closes = target.closest?.(".editing")?.querySelector("[data-closes]");
    if (closes && isTypedIn(target)) closes.focus();
    else closes?.click();
  }

  function countPicked() {
    const [said, all] = [document.querySelector("[data-picked]"), document.querySelector("[data-picks-all]")];
    if (!said) return;
    const boxes = [...document.querySelectorAll("[name=target]")];
    const picked = boxes.filter((box) => box.checked).length;
    said.textContent = picked ? `${picked} selected` : "";
    if (!all) return;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-picks-all]")) {
      for (const box of document.querySelectorAll("[name=target]")) box.checked = target.checked;
    }
    if (target.matches?.("[data-picks-all], [name=target]")) countPicked();
  });

  // Some fields are sent as soon as they change, such as a file.
  addEventListener("change", ({ target }) => {
    if (target.closest?.("[data-sends]")) target.form.requestSubmit();
  });

  /**
   * Copies the text before a button; where the browser does not let pages copy, selects it.
   * @param {HTMLElement} button
   */
  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.removeAttribute("aria-label");
      button.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
    }
  }

  // ---- writing a text: buttons put variables where the caret was last ----

  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  let writtenIn = null;

  addEventListener("focusin", ({ target }) => {
    if (target.matches?.("[data-takes] :is(input, textarea)")) writtenIn = target;
  });

  /** @param {string} text */
  function insert(text) {
    const field = writtenIn?.isConnected ? writtenIn : document.querySelector("[data-takes] textarea");
    if (field !== writtenIn) field.setSelectionRange(field.value.length, field.value.length);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Node | null} but @param {boolean} [focus] */
  function closeMenus(but, focus) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (but && menu.contains(but)) continue;
      menu.open = false;
      if (focus) menu.querySelector("summary")?.focus();
    }
  }

  addEventListener("click", ({ target }) => {
    closeMenus(target);
    const button = target.closest?.("button, a");
    if (!button) return;
    if ("signOut" in button.dataset) signOut();
    if ("reload" in button.dataset) location.reload();
    if ("print" in button.dataset) print();
    if ("copy" in button.dataset) copy(button);
    if (button.dataset.dialog) document.getElementById(button.dataset.dialog)?.showModal();
    if ("insert" in button.dataset) insert(button.dataset.insert);
    if (button.dataset.themeChoice !== undefined) {
      if (button.dataset.themeChoice) localStorage.setItem(THEME, button.dataset.themeChoice);
      else localStorage.removeItem(THEME);
      showTheme();
    }
    if (button.closest(".menu .list") && button.tagName === "A") closeMenus(null);
  });

  // ---- printing: what is folded away is printed too ----

  /** @type {HTMLDetailsElement[]} */
  let opened = [];

  addEventListener("beforeprint", () => {
    opened.push(...document.querySelectorAll("main details:not([open], .menu)"));
    for (const details of opened) details.open = true;
  });

  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });

  showTheme();
  // htmx is a deferred script of this document, so it has run by then.
  document.addEventListener("DOMContentLoaded", () => {
    showTheme();
    if (document.getElementById("main").hasAttribute("aria-busy")) start();
  });
})();
