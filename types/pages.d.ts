// The types of popup and welcome page.

// ---- Building a page ----

type Child = Node | string | number | null | undefined | false;

/**
 * Attributes, and `on` for listeners, `data` for data-* attributes, `style` for CSS properties; null and false leave
 * one out.
 */
type Props = Record<string, any> & { on?: Record<string, (event: any) => unknown>; data?: Record<string, unknown> };

/** A form field; `options` make it a select, all other properties go to its control. */
type Field = Props & { label: string; hint?: string | false; error?: string; options?: Child[] };

/** Radio buttons or check boxes under one legend. */
interface Choices {
  legend: string;
  /** Hides the legend visually; screen readers still read it. */
  hidden?: boolean;
  class?: string;
  choices: { value: string | number; words: string; hint?: string; checked: boolean; disabled?: boolean }[];
}

/** The values of a submitted form, trimmed. */
type Values = Record<string, string>;

/** Error messages by field; "" for none. */
type Errors = Record<string, string>;

// ---- The popup ----

interface PopupUi {
  /** The initial values of the list's form, which is open unless null. */
  adding: Draft | null;
  allAwaiting: boolean;
  allNotices: boolean;
  /** The InMail that the user is asked about before it is logged; `sentAt` is when the previous one was sent. */
  asking: { wanted: Omit<LogRequest, "source">; reasons: Reason[]; sentAt: string | null; isForm: boolean } | null;
  /** The day chosen in the form: "now", "yesterday" or "pick". */
  day: string;
  /** A number so high that the user has to confirm it. */
  doubted: number | null;
  draft: Draft | null;
  /** The id of the refused entry that is being edited. */
  editing: string | null;
  /** The user opened the decision about entries of another server. */
  elsewhere: boolean;
  errors: Errors;
  form: boolean;
  /** What the server has about the page's person; undefined until it responds. */
  found: Found | undefined;
  /** The id of the entry that the last message was about. */
  logged: string | null;
  /** When the popup was opened before this time. */
  lastOpenedAt: string | null;
  /** The open menu of the shown target, and whether a day is being picked in it. */
  targetMenu: "later" | "more" | null;
  picking: boolean;
  /** The menu of accounts is open. */
  menu: boolean;
  observing: boolean;
  /** The id of the InMail whose outcome is being chosen. */
  outcomeOf: string | null;
  /** What the popup has room for: 0 nothing optional, 1 the notes, and from 2 on one unanswered InMail more each. */
  room: number;
  /** The user has selected the account. */
  switched: boolean;
}

/** The context of the first sections, before the others are loaded. */
interface PopupBase {
  view: View;
  now: Date;
  account: AccountView | null;
  state: "ready" | "no_account" | Exclude<Connection["state"], "ok">;
  /** Null until the tab was read. */
  page: PageReading | null;
  /** The shortcut that logs without the popup; "" without one. */
  shortcut: string;
  ui: PopupUi;
  paint: () => void;
}

/** The context of every section of the popup; popup/states/context.js computes it once per painting. */
interface PopupContext extends PopupBase {
  /** The user has marked the page's person as one not to contact. */
  isMarked: boolean;
  /** One click can log the page's person. */
  isReady: boolean;
  /** The account's list of people to write to, as of now; null without a list. */
  list: Targets | null;
  /** The page's balance to record; null if there is none. */
  offered: { balance: number; computed: number; sure: boolean } | null;
  /** The latest InMail to the page's person. */
  past: PastInMail | null;
  /** The shown target: that of the page's person, otherwise the next one. */
  target: Target | null;
  /** The warnings that have words in the popup. */
  warnings: (Warning & { words: { title: string; detail: string } })[];
}

/** What a section draws: the result of its pure function in popup/states/. */
type StateOf<Function extends (...args: any[]) => any> = NonNullable<ReturnType<Function>>;

/** What the buttons of a section change: the popup's own state, painted again. */
type PopupPage = Pick<PopupBase, "ui" | "paint">;

// ---- The welcome page ----

interface WelcomeUi {
  address: string;
  reached: "unknown" | "ok" | "permission_missing" | "server_off" | "other_program" | "impostor" | "version_mismatch" | "wrong_path" | "refused";
  /** Why, if the server refused. */
  refusal: string;
  reconnecting: boolean;
  /** Whether the server shows no more codes, after too many wrong ones. */
  isShut: boolean;
  leaving: boolean;
  /** Null if the browser does not report it. */
  pinned: boolean | null;
  /** The shortcuts for logging, for the list and for the popup; "" without one. */
  shortcuts: { log: string; later: string; open: string };
  /** The id of the field to focus once it exists. */
  focus: string | null;
  errors: Errors;
}

/** The context of every section of the welcome page. */
interface WelcomeContext {
  view: View;
  now: Date;
  account: AccountView | null;
  /** This browser is not connected. */
  setup: boolean;
  ui: WelcomeUi;
  paint: () => void;
}

type WelcomeSection = (context: WelcomeContext) => HTMLElement | null;

/** The heading of a section. A step of connecting has a number and is open, done (with a text) or later. */
interface Frame { step?: number; state?: "open" | "done" | "later"; title: string; done?: Child[] }
