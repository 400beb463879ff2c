// A fake `chrome` for tests without a browser: storage in memory and the strings of _locales. Import it before any
// module of the extension.

import { readFileSync } from "node:fs";

const inExtension = (path) => JSON.parse(readFileSync(new URL(`../../extension/${path}`, import.meta.url), "utf8"));
const messagesOf = (language) => inExtension(`_locales/${language}/messages.json`);

const MANIFEST = inExtension("manifest.json");

/** The language can be chosen by the environment before this module is imported. */
const MESSAGES = messagesOf(process.env.TEST_LANGUAGE ?? "en");

/** One storage area. `writes` has every state after a change: what a repaint at that moment would read. */
class Area {
  content = {};
  writes = [];
  /** The number of reads. */
  reads = 0;
  listeners = [];
  onChanged = { addListener: (listener) => this.listeners.push(listener) };

  async get(keys) {
    this.reads += 1;
    const wanted = keys === null ? Object.keys(this.content) : [keys].flat();
    return structuredClone(
      Object.fromEntries(wanted.filter((key) => key in this.content).map((key) => [key, this.content[key]])),
    );
  }

  async set(items) {
    const changes = Object.entries(items).map(([key, newValue]) => [key, { oldValue: this.content[key], newValue }]);
    Object.assign(this.content, structuredClone(items));
    this.writes.push(structuredClone(this.content));
    // A browser may report a change after `set` has resolved.
    setImmediate(() => this.report(changes));
  }

  async remove(keys) {
    const changes = [keys].flat().map((key) => [key, { oldValue: this.content[key] }]);
    for (const [key] of changes) delete this.content[key];
    this.writes.push(structuredClone(this.content));
    setImmediate(() => this.report(changes));
  }

  report(changes) {
    for (const listener of this.listeners) listener(structuredClone(Object.fromEntries(changes)));
  }

  clear() {
    const changes = Object.keys(this.content).map((key) => [key, {}]);
    Object.assign(this, { content: {}, writes: [], reads: 0 });
    this.report(changes);
  }
}

export const local = new Area();
export const session = new Area();
export const alarms = new Map();

/** The texts that the badge showed. */
export const badges = [];

/** The ids of the notifications that were shown. */
export const notified = [];

/** The addresses of the tabs that were opened. */
export const opened = [];

/** What storage held at each time that the extension was reloaded. */
export const reloads = [];

/** As in browsers and unlike in Node.js, a lock is never granted before `request` returns. */
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
    getMessage: (key, substitutions = []) => {
      const { message = "", placeholders = {} } = MESSAGES[key] ?? {};
      const numbered = message.replace(/\$(\w+)\$/g, (_, name) => placeholders[name].content);
      return numbered.replace(/\$(\d|\$)/g, (_, place) => (place === "$" ? "$" : (substitutions[place - 1] ?? "")));
    },
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
  runtime: {
    id: "inkeeper",
    onMessage: listeners,
    getURL: (path) => `chrome-extension://inkeeper/${path}`,
    getManifest: () => MANIFEST,
    reload() {
      reloads.push(structuredClone(local.content));
    },
  },
  management: { getSelf: async () => ({ installType: "development" }) },
  action: {
    openPopup: async () => {
      opened.push("popup");
    },
    setBadgeText({ text }) {
      badges.push(text);
    },
    setBadgeBackgroundColor() {},
    setBadgeTextColor() {},
    setTitle() {},
  },
  commands: {},
  contextMenus: {},
};

/** Clears storage and the recorded calls. */
export function reset() {
  for (const area of [local, session]) area.clear();
  badges.length = 0;
  alarms.clear();
  notified.length = 0;
  opened.length = 0;
  reloads.length = 0;
}
