// A `chrome` for tests without a browser: storage in memory and the strings of _locales. Import it before any module of
// the extension.

import { readFileSync } from "node:fs";

const MESSAGES = JSON.parse(
  readFileSync(new URL("../../extension/_locales/en/messages.json", import.meta.url), "utf8"),
);

/**
 * One area of storage. `writes` holds every state after a change, so that a test can see what a repaint could have
 * seen.
 */
class Area {
  content = {};
  writes = [];
  onChanged = { addListener() {} };

  async get(keys) {
    const wanted = keys === null ? Object.keys(this.content) : [keys].flat();
    return structuredClone(
      Object.fromEntries(wanted.filter((key) => key in this.content).map((key) => [key, this.content[key]])),
    );
  }

  async set(items) {
    Object.assign(this.content, structuredClone(items));
    this.writes.push(structuredClone(this.content));
  }

  async remove(keys) {
    for (const key of [keys].flat()) delete this.content[key];
    this.writes.push(structuredClone(this.content));
  }
}

export const local = new Area();
export const session = new Area();
export const alarms = new Map();

/** The ids of the notifications that were shown. */
export const notified = [];

/** The addresses of the tabs that were opened. */
export const opened = [];

/** As in browsers, and unlike in node, a lock is never granted before `request` returns. */
const locks = {
  request: async (name, work) => {
    await null;
    return nodeLocks.request(name, work);
  },
};
const nodeLocks = navigator.locks;
Object.defineProperty(navigator, "locks", { value: locks });

const listeners = { addListener() {} };

globalThis.chrome = {
  storage: { local, session },
  alarms: {
    onAlarm: listeners,
    get: async (name) => alarms.get(name),
    create: async (name, { when, delayInMinutes, periodInMinutes }) => {
      alarms.set(name, {
        name,
        periodInMinutes,
        scheduledTime: when ?? Date.now() + (delayInMinutes ?? periodInMinutes) * 60_000,
      });
    },
  },
  i18n: {
    getMessage: (key, substitutions = []) =>
      (MESSAGES[key]?.message ?? "").replace(/\$(\d)/g, (_, number) => substitutions[number - 1] ?? ""),
  },
  tabs: {
    create: async ({ url }) => {
      opened.push(url);
    },
  },
  notifications: {
    create: async (id) => {
      notified.push(id);
    },
  },
  scripting: {
    getRegisteredContentScripts: async () => [],
    registerContentScripts: async () => {},
    unregisterContentScripts: async () => {},
  },
  permissions: { contains: async () => true },
  runtime: { id: "inkeeper", onMessage: listeners, getURL: (path) => `chrome-extension://inkeeper/${path}` },
  action: {
    openPopup: async () => {
      opened.push("popup");
    },
    setBadgeText() {},
    setBadgeBackgroundColor() {},
    setBadgeTextColor() {},
    setTitle() {},
  },
  commands: {},
  contextMenus: {},
};

/** Empties all of it. */
export function reset() {
  for (const area of [local, session]) Object.assign(area, { content: {}, writes: [] });
  alarms.clear();
  notified.length = 0;
  opened.length = 0;
}
