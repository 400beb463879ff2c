// The script of the server's pages: signing in, the token in every request, and corrections of htmx's defaults.
// It is loaded in <head> before htmx, so that it removes the secret from the address before any request.
"use strict";

(() => {
  const TOKEN = "token";
  const THEME = "theme";
  const SIGN_IN = /^#signin=([\w-]{1,200})$/;
  const UNDO_MS = 15_000;
  const UPDATE_AFTER_MS = 60_000;

  /** Returns the stored value; null without one, undefined if the browser blocks storage. @param {string} key */
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

  /** Removes the one-time secret from the address and returns it, so that no request or history entry contains it. */
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

  /** Exchanges the secret for a token. Returns the id of the message to show if it fails. @param {string} given */
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

  /** Removes all content that came from the server. */
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
    // Ignore a failure: the token is already deleted here.
    await fetch("/sign-out", { method: "POST", headers, credentials: "omit", keepalive: true }).catch(() => null);
  }

  /** @param {string} name */
  function showProblem(name) {
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

  // A page restored from the back/forward cache may show data after signing out.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && !stored(TOKEN)) location.reload();
  });

  addEventListener("hashchange", () => {
    secret = takeSecret();
    if (secret) start();
  });

  // ---- htmx: the token, and corrections of the defaults of 4.0.1 ----

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (!stored(TOKEN)) {
      event.preventDefault();
      showState("out");
      return;
    }
    Object.assign(ctx.request.headers, authorization());
    // This header has the whole address including the fragment.
    delete ctx.request.headers["HX-Current-URL"];
    const progress = ctx.sourceElement.querySelector?.("progress[data-upload]");
    if (progress && ctx.request.method === "POST") {
      ctx.fetch = uploader(progress);
      // Uploading a large file takes longer than the default timeout.
      ctx.request.timeout = 0;
    }
  });

  document.addEventListener("htmx:before:response", (event) => {
    const { response, request, sourceElement } = event.detail.ctx;
    const type = response.headers.get("Content-Type") ?? "";
    if (response.status === 401) {
      event.preventDefault();
      // Another tab may have signed in since.
      if (request.headers.Authorization !== authorization().Authorization) return;
      localStorage.removeItem(TOKEN);
      showState("out", "revoked");
    } else if (!type.startsWith("text/html")) {
      event.preventDefault();
      showProblem(response.status === 429 ? "busy" : "server");
    } else if (response.status < 400) {
      // htmx's own redirect header would leave the button in the state of a running request.
      const file = response.headers.get("Inkeeper-Download");
      if (file) {
        event.preventDefault();
        location.href = file;
      }
      document.getElementById("problem")?.replaceChildren();
      // The extension listens to this event and reloads its summary.
      if (request.method !== "GET" && !sourceElement.matches?.("[data-reads]")) {
        document.dispatchEvent(new Event("inkeeper:changed"));
      }
    }
  });

  // By default the page that a click asked for is dropped if the answer to an earlier click has just replaced the
  // element that it belongs into. An answer that comes after that of a later click stays dropped.
  let requests = 0;
  /** @type {WeakMap<object, number>} */
  const numbers = new WeakMap();
  /** @type {Map<string, number>} the number of the request whose answer an element shows, by the element's id */
  const shownNumbers = new Map();

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => numbers.set(ctx, ++requests));

  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { id, isConnected } = ctx.target ?? {};
    if (isConnected === false && numbers.get(ctx) > (shownNumbers.get(id) ?? 0)) {
      ctx.target = document.getElementById(id) ?? ctx.target;
    }
  });

  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id) shownNumbers.set(ctx.target.id, numbers.get(ctx));
  });

  // By default the address of a failed page is pushed into the history although the page is not shown.
  document.addEventListener("htmx:before:history:update", (event) => {
    if (event.detail.response?.status >= 400) event.preventDefault();
  });

  document.addEventListener("htmx:error", (event) => {
    if (!event.detail.ctx?.request) return;
    if (document.getElementById("main")?.hasAttribute("aria-busy")) showState("away");
    else showProblem("away");
  });

  // Keep the browser's Ctrl-, Cmd- and Shift-click on links: htmx would handle them as plain clicks.
  addEventListener(
    "click",
    (event) => {
      if ((event.ctrlKey || event.metaKey || event.shiftKey) && event.target.closest?.("a[href]")) {
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  /** Returns a `fetch` that shows the progress of an upload. @param {HTMLProgressElement} progress */
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
    // Move the focus in a refused form to its first error or its question.
    if (event.detail.ctx.response?.status === 422) {
      document.querySelector("main [aria-invalid=true], main [role=alert] button")?.focus();
    }
    showTheme();
    showLanguage();
    showZones();
    chooseOwnZone();
    removeToastsLater();
    updateSelectionCount();
    focusRow(event.detail.ctx.sourceElement);
  });

  /**
   * Moves the focus to a row after its form was closed.
   * @param {Element} source the swapped-in element; the button that had the focus was removed
   */
  function focusRow(source) {
    if (document.activeElement !== document.body) return;
    source?.closest?.("tbody")?.querySelector("[data-opens]")?.focus({ focusVisible: true });
  }

  /** Sets the document's language to that of the page: the shell is in the browser's, the page in the chosen one. */
  function showLanguage() {
    const { lang, dir } = document.getElementById("main");
    if (lang) Object.assign(document.documentElement, { lang, dir });
  }

  /** Shows the account's time zone if it differs from the browser's. */
  function showZones() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const element of document.querySelectorAll("[data-zone]")) element.hidden = element.dataset.zone === own;
  }

  /** Selects the browser's time zone in the form of a new account, unless one is selected. */
  function chooseOwnZone() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const list of document.querySelectorAll(".own-zone select")) {
      const option = [...list.options].find(({ value }) => value === own);
      if (option && !list.querySelector("option[selected]")) option.defaultSelected = option.selected = true;
    }
  }

  function removeToastsLater() {
    for (const toast of document.querySelectorAll(".toast:not([data-leaving])")) {
      toast.dataset.leaving = "";
      const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, UNDO_MS) : toast.remove());
      setTimeout(leave, UNDO_MS);
    }
  }

  // Reload an old page when its tab becomes visible again, unless it has unsaved input.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - shownAt < UPDATE_AFTER_MS || !stored(TOKEN) || hasUnsavedInput()) return;
    load();
  });

  function hasUnsavedInput() {
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
    if (handleListKey(event.key)) {
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

  /** Whether the element takes typed text, unlike a checkbox or a button. @param {Element} target */
  const isTypedIn = (target) =>
    target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");

  /** Handles a list's keyboard shortcut. Returns whether the key is one. @param {string} key */
  function handleListKey(key) {
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

  /** Handles Escape in an opened row: first leaves the field, then closes the row. @param {Element} target */
  function leaveRow(target) {
    const closes = target.closest?.(".editing")?.querySelector("[data-closes]");
    if (closes && isTypedIn(target)) closes.focus();
    else closes?.click();
  }

  function updateSelectionCount() {
    const [count, all] = [document.querySelector("[data-picked]"), document.querySelector("[data-picks-all]")];
    if (!count) return;
    const boxes = [...document.querySelectorAll("[name=target]")];
    const picked = boxes.filter((box) => box.checked).length;
    count.textContent = picked ? count.dataset.picked.replace("{number}", picked) : "";
    if (!all) return;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-picks-all]")) {
      for (const box of document.querySelectorAll("[name=target]")) box.checked = target.checked;
    }
    if (target.matches?.("[data-picks-all], [name=target]")) updateSelectionCount();
  });

  // Forms marked with data-sends are submitted on each change, such as choosing a file.
  addEventListener("change", ({ target }) => {
    if (target.closest?.("[data-sends]")) target.form.requestSubmit();
  });

  /**
   * Copies a button's text to the clipboard. If the browser refuses, selects the text before the button.
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

  // ---- editing a text: buttons insert variables at the last position of the caret ----

  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  let lastField = null;

  addEventListener("focusin", ({ target }) => {
    if (target.matches?.("[data-takes] :is(input, textarea)")) lastField = target;
  });

  /** @param {string} text */
  function insert(text) {
    const field = lastField?.isConnected ? lastField : document.querySelector("[data-takes] textarea");
    if (field !== lastField) field.setSelectionRange(field.value.length, field.value.length);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Closes the open menus, except one that contains `kept`. @param {Node | null} kept @param {boolean} [focus] */
  function closeMenus(kept, focus) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (kept && menu.contains(kept)) continue;
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

  // ---- printing: collapsed details are printed too ----

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
  // htmx is a deferred script, so it has run before this event.
  document.addEventListener("DOMContentLoaded", () => {
    showTheme();
    if (document.getElementById("main").hasAttribute("aria-busy")) start();
  });
})();
