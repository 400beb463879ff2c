// The one door to the browser: no other module names `chrome`. What needs nothing added is handed on as it is.

const LINKEDIN = "https://www.linkedin.com";

export const { alarms, commands, contextMenus, runtime } = chrome;

// ---- Storage ----

/** @type {StorageArea} */
export const local = chrome.storage.local;

/**
 * Gone with the browser, kept when the worker is killed.
 * @type {StorageArea}
 */
export const session = chrome.storage.session;

/**
 * Keeps scripts in web pages, our own among them, from reading storage, where the browser lets us: it holds the token
 * and names.
 */
export function restrictStorageAccess() {
  for (const area of [chrome.storage.local, chrome.storage.session]) {
    area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
  }
}

/** @param {(changes: StorageChanges) => void} listener to changes of local storage */
export const onStored = (listener) => chrome.storage.local.onChanged.addListener(listener);

// ---- Words ----

/**
 * A string of `_locales`, by its key.
 * @param {string} key
 * @param {...(string | number)} substitutions
 */
export const text = (key, ...substitutions) => chrome.i18n.getMessage(key, substitutions.map(String));

// ---- Messages between pages and worker ----

/**
 * @param {{name: string, params: object}} message
 * @returns {Promise<any>}
 */
export const sendMessage = (message) => runtime.sendMessage(message);

/** @param {chrome.runtime.MessageSender} sender */
export const isOwnPage = ({ id, url }) => id === runtime.id && Boolean(url?.startsWith(runtime.getURL("")));

/**
 * A script of ours in a page of LinkedIn: in any of its frames, never in another site's.
 * @param {chrome.runtime.MessageSender} sender
 */
export const isOwnScript = ({ id, tab, origin, url = "" }) =>
  id === runtime.id &&
  [tab?.url, origin ?? URL.parse(url)?.origin].every((address) => URL.parse(address ?? "")?.origin === LINKEDIN);

// ---- Tabs and toolbar ----

/** The tab that the user looks at; its URL and title are there only where `activeTab` or a permission lets us. */
export async function activeTab() {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  return tab;
}

/**
 * Runs scripts in every frame of a tab, in a world of their own, and gives what the last of them gives in each. Rejects
 * where we may not look.
 * @param {number} tabId
 * @param {string[]} files
 * @returns {Promise<any[]>}
 */
export async function runInFrames(tabId, files) {
  const target = { tabId, allFrames: true };
  const frames = await chrome.scripting.executeScript({ target, files, injectImmediately: true });
  return frames.map(({ result }) => result ?? null);
}

/** @param {string} path inside the extension */
export const openPage = (path) => chrome.tabs.create({ url: runtime.getURL(path) });

/**
 * At a click in the popup, leads the tab that the user looks at to an address and closes the popup. A popup that is
 * shown in a tab gives way to the address.
 * @param {string} url
 */
export async function goTo(url) {
  const isTab = await chrome.tabs.getCurrent();
  await chrome.tabs.update({ url });
  if (!isTab) globalThis.close();
}

/** @param {string} url of a page that is not the extension's own */
export const openAddress = (url) => chrome.tabs.create({ url });

/** @param {Badge} badge */
export async function setBadge({ text, colour, title }) {
  await Promise.all([
    chrome.action.setBadgeText({ text }),
    chrome.action.setBadgeBackgroundColor({ color: colour }),
    chrome.action.setBadgeTextColor({ color: "#ffffff" }),
    chrome.action.setTitle({ title }),
  ]);
}

/** Opens the popup, or its page in a tab where the browser wants a click of its own for the popup. */
export async function openPopup() {
  try {
    await chrome.action.openPopup();
  } catch {
    await openPage("popup/popup.html");
  }
}

/**
 * The keys that the user has for a command, or "" without any.
 * @param {string} name
 */
export async function shortcut(name) {
  const all = await commands.getAll();
  return all.find((command) => command.name === name)?.shortcut ?? "";
}

/** Whether the toolbar shows our button without the extensions menu, as far as the browser tells. */
export const isPinned = async () => (await chrome.action.getUserSettings()).isOnToolbar ?? false;

// ---- Permissions ----

/** @param {string} address of a server */
const hostPermission = (address) => {
  const { protocol, hostname } = new URL(address);
  return { origins: [`${protocol}//${hostname}/*`] };
};

/** @param {string} address of a server */
export const mayCall = (address) => chrome.permissions.contains(hostPermission(address));

/**
 * Asks the user; only in a click's own call stack, and never in the popup, which the prompt would close.
 * @param {string} address of a server
 */
export const requestCalling = (address) => chrome.permissions.request(hostPermission(address));

export const mayNotify = () => chrome.permissions.contains({ permissions: ["notifications"] });

/** Asks the user, as `requestCalling` does. */
export const requestNotifying = () => chrome.permissions.request({ permissions: ["notifications"] });

const LISTENING = { origins: [`${LINKEDIN}/*`] };

export const mayListen = () => chrome.permissions.contains(LISTENING);

/** Asks the user, as `requestCalling` does. */
export const requestListening = () => chrome.permissions.request(LISTENING);

/** Gives the permission back, unless it came with a wider one, which is not ours to give back. */
export const removeListening = () => chrome.permissions.remove(LISTENING).catch(() => false);

/**
 * Runs these scripts in every frame of LinkedIn's pages that is loaded from now on, in a world of their own; none with
 * an empty list.
 * @param {string[]} js
 */
export async function registerListener(js) {
  const ids = ["listen"];
  if ((await chrome.scripting.getRegisteredContentScripts({ ids })).length) {
    await chrome.scripting.unregisterContentScripts({ ids });
  }
  if (!js.length) return;
  /** @type {chrome.scripting.RegisteredContentScript & {matchOriginAsFallback: boolean}} */
  const script = {
    id: ids[0],
    js,
    matches: LISTENING.origins,
    allFrames: true,
    matchOriginAsFallback: true,
    runAt: "document_idle",
    persistAcrossSessions: true,
  };
  await chrome.scripting.registerContentScripts([script]);
}

/**
 * Runs a script in the pages of a server, open or loaded from now on; in none with null. A pattern cannot name a port
 * everywhere, so it also runs in the pages of other servers on the same host.
 * @param {string | null} address
 * @param {string} file
 */
export async function runInPagesOf(address, file) {
  const ids = ["app"];
  if ((await chrome.scripting.getRegisteredContentScripts({ ids })).length) {
    await chrome.scripting.unregisterContentScripts({ ids });
  }
  if (!address) return;
  const { origins: matches } = hostPermission(address);
  await chrome.scripting.registerContentScripts([
    { id: ids[0], js: [file], matches, runAt: "document_start", persistAcrossSessions: true },
  ]);
  for (const { id = -1 } of await chrome.tabs.query({ url: matches })) {
    await chrome.scripting.executeScript({ target: { tabId: id }, files: [file] }).catch(() => null);
  }
}

/** @param {() => void} listener */
export function onPermissions(listener) {
  chrome.permissions.onAdded.addListener(listener);
  chrome.permissions.onRemoved.addListener(listener);
}

// ---- Notifications ----

/**
 * @param {string} id the same id replaces a notification that still stands
 * @param {string} title
 * @param {string} message
 */
export const showNotification = (id, title, message) =>
  chrome.notifications.create(id, { type: "basic", iconUrl: runtime.getURL("icons/128.png"), title, message });

/**
 * Adds the listener where the API is there, which it is once its permission was given; adding it again changes nothing.
 * @param {(id: string) => void} listener
 */
export const onNotificationClicked = (listener) => chrome.notifications?.onClicked.addListener(listener);
