// The types of popup and welcome page, beside those of the whole extension.

// ---- Building a page ----

type Child = Node | string | number | null | undefined | false;

/** Attributes, and beside them `on` for listeners, `data` for data-* attributes, `style` for properties; null and false leave one out. */
type Props = Record<string, any> & { on?: Record<string, (event: any) => unknown>; data?: Record<string, unknown> };

/** What a field is built from, `options` making it a choice; all else goes to its control. */
type Field = Props & { label: string; hint?: string | false; error?: string; options?: Child[] };

/** Radio buttons or check boxes under one legend. */
interface Choices {
  legend: string;
  /** For eyes that see the choices anyway. */
  hidden?: boolean;
  class?: string;
  choices: { value: string | number; words: string; hint?: string; checked: boolean; disabled?: boolean }[];
}

/** What a form sent: texts without space around them. */
type Values = Record<string, string>;

/** Mistakes by the field they were made in; empty where there is none. */
type Errors = Record<string, string>;

// ---- The popup ----

interface PopupUi {
  /** The form that puts a person on the list is open, filled in as far as they are known. */
  adding: Draft | null;
  allAwaiting: boolean;
  allNotices: boolean;
  /** The InMail that the user is asked about before it is logged; `sentAt` is when the one before went out. */
  asking: { wanted: Omit<LogRequest, "source">; reasons: Reason[]; sentAt: string | null; isForm: boolean } | null;
  /** The day chosen in the form: "now", "yesterday" or "pick". */
  day: string;
  /** A number so high that the user is asked once more. */
  doubted: number | null;
  draft: Draft | null;
  /** The refused entry that is being corrected. */
  editing: string | null;
  /** The user wants to decide now on what waits for another server. */
  elsewhere: boolean;
  errors: Errors;
  form: boolean;
  /** What the server knows of the page's person; undefined as long as it has not said. */
  found: Found | undefined;
  /** The entry that the user was told of last. */
  logged: string | null;
  /** When a popup was opened before this one. */
  lastOpenedAt: string | null;
  /** The menu that is open of the target that is shown, and whether a day is being picked there. */
  targetMenu: "later" | "more" | null;
  picking: boolean;
  /** The menu of accounts. */
  menu: boolean;
  observing: boolean;
  /** The InMail whose outcome is being chosen. */
  outcomeOf: string | null;
  /** The user has chosen the account. */
  switched: boolean;
}

/** What the first sections of the popup are built from, before the others are loaded. */
interface PopupBase {
  view: View;
  now: Date;
  account: AccountView | null;
  state: "ready" | "no_account" | Exclude<Connection["state"], "ok">;
  /** Null until the tab was looked at. */
  page: PageReading | null;
  /** The keys that log without the popup. */
  shortcut: string;
  ui: PopupUi;
  paint: () => void;
}

/** What every section of the popup is built from; popup/state.js works it out once for each painting. */
interface PopupContext extends PopupBase {
  /** The user has marked the page's person as one not to contact. */
  isMarked: boolean;
  /** One click can log the page's person. */
  isReady: boolean;
  /** The people to write to, as the account's list stands now; null without a list. */
  list: Targets | null;
  /** The page's balance, where it is worth taking over. */
  offered: { balance: number; computed: number; sure: boolean } | null;
  /** The latest InMail to the page's person. */
  past: PastInMail | null;
  /** The target that the popup is about: that of the page's person, else the next one. */
  target: Target | null;
  /** The warnings that the popup has words for. */
  warnings: (Warning & { words: { title: string; detail: string } })[];
}

/** Null where a section has nothing to say. */
type PopupSection = (context: PopupContext) => HTMLElement | null;

// ---- The welcome page ----

interface WelcomeUi {
  address: string;
  reached: "unknown" | "ok" | "permission_missing" | "server_off" | "other_program" | "impostor" | "version_mismatch" | "wrong_path" | "bad_address";
  reconnecting: boolean;
  leaving: boolean;
  /** Null where the browser does not tell. */
  pinned: boolean | null;
  /** The keys for logging, for the list and for the popup, "" without any. */
  shortcuts: { log: string; later: string; open: string };
  /** The id of the field that gets the focus as soon as it is there. */
  focus: string | null;
  errors: Errors;
}

/** What every section of the welcome page is built from. */
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

/** A step of connecting has a number, and is open, done (then with a word on it) or still to come. */
interface Frame { step?: number; state?: "open" | "done" | "later"; title: string; done?: Child[] }
