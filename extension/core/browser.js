// The one door to the browser: no other module names `chrome`.

/** @typedef {{text: string, colour: string, title: string}} Badge */

// ---- Storage ----

/**
 * @typedef {{get(keys: string | string[] | null): Promise<Record<string, any>>,
 *   set(items: Record<string, any>): Promise<void>, remove(keys: string | string[]): Promise<void>}} Area
 */

/** @type {Area} */
export const local = chrome.storage.local;

/**
 * Gone with the browser, kept when the worker is killed.
 * @type {Area}
 */
export const session = chrome.storage.session;

/** @param {(changes: Record<string, chrome.storage.StorageChange>) => void} listener for local storage only */
export function onStored(listener) {
  chrome.storage.local.onChanged.addListener(listener);
}

// ---- Words ----

/**
 * A string of `_locales`, by its key.
 * @param {string} key
 * @param {...(string | number)} substitutions
 */
export const text = (key, ...substitutions) => chrome.i18n.getMessage(key, substitutions.map(String));

export const language = () => chrome.i18n.getUILanguage();

// ---- Messages between pages and worker ----

/**
 * @param {{name: string, params: object}} message
 * @returns {Promise<any>}
 */
export const sendMessage = (message) => chrome.runtime.sendMessage(message);

/** @param {(message: any, sender: chrome.runtime.MessageSender, respond: (answer: any) => void) => boolean} listener */
export function onMessage(listener) {
  chrome.runtime.onMessage.addListener(listener);
}

/** @param {chrome.runtime.MessageSender} sender */
export const isOwnPage = (sender) =>
  sender.id === chrome.runtime.id && Boolean(sender.url?.startsWith(chrome.runtime.getURL("")));

// ---- The extension's life ----

/** @param {(details: chrome.runtime.InstalledDetails) => void} listener */
export function onInstalled(listener) {
  chrome.runtime.onInstalled.addListener(listener);
}

/** @param {() => void} listener */
export function onStartup(listener) {
  chrome.runtime.onStartup.addListener(listener);
}

// ---- Alarms ----

/** @param {string} name */
export const getAlarm = (name) => chrome.alarms.get(name);

/**
 * @param {string} name
 * @param {chrome.alarms.AlarmCreateInfo} when
 */
export const createAlarm = (name, when) => chrome.alarms.create(name, when);

/** @param {string} name */
export const clearAlarm = (name) => chrome.alarms.clear(name);

/** @param {(name: string) => void} listener */
export function onAlarm(listener) {
  chrome.alarms.onAlarm.addListener((alarm) => listener(alarm.name));
}

// ---- Tabs, toolbar, menu and keyboard ----

/** The tab that the user looks at; its URL and title are there only where `activeTab` or a permission lets us. */
export async function activeTab() {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  return tab;
}

/** @param {string} path inside the extension */
export const openPage = (path) => chrome.tabs.create({ url: chrome.runtime.getURL(path) });

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

/** @param {(command: string, tab: chrome.tabs.Tab | undefined) => void} listener */
export function onCommand(listener) {
  chrome.commands.onCommand.addListener(listener);
}

/**
 * The keys that the user has for a command, or "" without any.
 * @param {string} name
 */
export async function shortcut(name) {
  const commands = await chrome.commands.getAll();
  return commands.find((command) => command.name === name)?.shortcut ?? "";
}

/** @param {chrome.contextMenus.CreateProperties[]} items in place of all that were there */
export async function setMenu(items) {
  await chrome.contextMenus.removeAll();
  for (const item of items) chrome.contextMenus.create(item);
}

/** @param {(info: chrome.contextMenus.OnClickData, tab: chrome.tabs.Tab | undefined) => void} listener */
export function onMenu(listener) {
  chrome.contextMenus.onClicked.addListener(listener);
}

/** Whether the toolbar shows our button without the extensions menu, as far as the browser tells. */
export async function isPinned() {
  const settings = await chrome.action.getUserSettings();
  return settings.isOnToolbar ?? false;
}

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

/** @param {() => void} listener */
export function onPermissions(listener) {
  chrome.permissions.onAdded.addListener(listener);
  chrome.permissions.onRemoved.addListener(listener);
}

// ---- Notifications: the API is only there once its permission is ----

/**
 * @param {string} id the same id replaces a notification that still stands
 * @param {string} title
 * @param {string} message
 */
export function showNotification(id, title, message) {
  const iconUrl = chrome.runtime.getURL("icons/128.png");
  return chrome.notifications.create(id, { type: "basic", iconUrl, title, message });
}

/** @param {(id: string) => void} listener */
export function onNotificationClicked(listener) {
  chrome.notifications?.onClicked.addListener(listener);
}
