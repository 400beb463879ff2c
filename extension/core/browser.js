// The only module that uses `chrome`. APIs that need no adapter are exported unchanged.

const LINKEDIN = "https://www.linkedin.com";

export const { runtime } = chrome;

// Creating one of these takes up to a millisecond, so it is done at the first use, after storage has been asked.
export const alarms = () => chrome.alarms;
export const commands = () => chrome.commands;
export const contextMenus = () => chrome.contextMenus;

export const isFirefox = runtime.getURL("").startsWith("moz-extension:");

// ---- The extension itself ----

/** The extension's version, such as `0.1.0`. */
export const ownVersion = () => runtime.getManifest().version;

/**
 * Loads the extension's newest files. An unpacked extension is read from its folder again; of another one the browser
 * first gets the update, if there is one. Everything in local storage stays. Ends this page.
 */
export async function updateExtension() {
  if (!(await isUnpacked())) await runtime.requestUpdateCheck?.();
  runtime.reload();
}

/** Whether the extension was loaded from a folder. */
export const isUnpacked = async () => (await chrome.management.getSelf()).installType === "development";

// ---- Storage ----

/** @type {StorageArea} */
export const local = chrome.storage.local;

/**
 * Cleared when the browser ends; kept when the worker is stopped.
 * @type {StorageArea}
 */
export const session = chrome.storage.session;

/** Denies content scripts access to storage, which holds the token and names. Firefox has no `setAccessLevel`. */
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
 * Whether the sender is a content script of this extension in a page of LinkedIn: in any frame of LinkedIn's origin.
 * @param {chrome.runtime.MessageSender} sender
 */
export const isOwnScript = ({ id, tab, origin, url = "" }) =>
  id === runtime.id &&
  [tab?.url, origin ?? URL.parse(url)?.origin].every((address) => URL.parse(address ?? "")?.origin === LINKEDIN);

// ---- Tabs and toolbar ----

/** The active tab of the last focused window. It has `url` and `title` only with `activeTab` or a host permission. */
export async function activeTab() {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  return tab;
}

/**
 * Runs scripts in every frame of a tab, in an isolated world, and returns the last script's result for each frame.
 * Rejects without access to the tab.
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
 * Loads an address in the active tab and closes the popup. A popup that is itself shown in a tab is replaced.
 * @param {string} url
 */
export async function goTo(url) {
  const isTab = await chrome.tabs.getCurrent();
  await chrome.tabs.update({ url });
  if (!isTab) globalThis.close();
}

/** @param {string} url of a page that is not the extension's own */
export const openAddress = (url) => chrome.tabs.create({ url });

/** Creates the API that `setBadge` uses, so that a later call does not wait for that. */
export const prepareBadge = () => chrome.action;

/** @param {Badge} badge Its title, which takes the longest, is computed after the number has been shown. */
export async function setBadge(badge) {
  await Promise.all([
    chrome.action.setBadgeText({ text: badge.text }),
    chrome.action.setBadgeBackgroundColor({ color: badge.colour }),
    chrome.action.setBadgeTextColor({ color: badge.ink }),
  ]);
  await chrome.action.setTitle({ title: badge.title });
}

/** Opens the popup, or its page in a tab where `openPopup` rejects because there is no user gesture. */
export async function openPopup() {
  try {
    await chrome.action.openPopup();
  } catch {
    await openPage("popup/popup.html");
  }
}

/**
 * The shortcut of a command; "" if none is set.
 * @param {string} name
 */
export async function shortcut(name) {
  const all = await commands().getAll();
  return all.find((command) => command.name === name)?.shortcut ?? "";
}

/** Whether the icon is pinned to the toolbar. */
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
 * Prompts the user. Call it synchronously in a click handler, and not in the popup: the prompt closes it.
 * @param {string} address of a server
 */
export const requestCalling = (address) => chrome.permissions.request(hostPermission(address));

export const mayNotify = () => chrome.permissions.contains({ permissions: ["notifications"] });

/** Prompts the user, as `requestCalling` does. */
export const requestNotifying = () => chrome.permissions.request({ permissions: ["notifications"] });

const LISTENING = { origins: [`${LINKEDIN}/*`] };

export const mayListen = () => chrome.permissions.contains(LISTENING);

/** Prompts the user, as `requestCalling` does. */
export const requestListening = () => chrome.permissions.request(LISTENING);

/** Removes the permission for LinkedIn. Resolves to false if it is part of a wider one, which stays. */
export const removeListening = () => chrome.permissions.remove(LISTENING).catch(() => false);

/**
 * Registers these content scripts for every frame of LinkedIn's pages loaded from now on, in an isolated world; an
 * empty list only unregisters.
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
 * Runs a content script in the pages of a server, open or loaded from now on; null only unregisters it. Match patterns
 * have no port in Firefox, so it also runs in pages of other servers on the same host.
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
 * @param {string} id replaces the notification with the same id, if it is still shown
 * @param {string} title
 * @param {string} message
 */
export const showNotification = (id, title, message) =>
  chrome.notifications.create(id, { type: "basic", iconUrl: runtime.getURL("icons/128.png"), title, message });

/**
 * Adds the listener if the API is available, which needs the permission. Adding the same listener twice has no effect.
 * @param {(id: string) => void} listener
 */
export const onNotificationClicked = (listener) => chrome.notifications?.onClicked.addListener(listener);
