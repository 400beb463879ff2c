// The extension's types, global in all its modules: the server's responses, storage, and what the pages show.
// Only the type checker reads them, so they are outside of the folder that the browser loads.
//
// Instants are RFC 3339 strings in UTC, credits are whole numbers, money is in minor units.

/** How the extension logs an InMail. */
type Source = Exclude<NewInMail["source"], "import" | "api" | "terminal">;

/** A refusal by the server, or by the extension itself (then `status` is 0). */
interface Problem {
  code: string;
  /** The server's advice in English, for logs. Never shown. Empty if only the code is known. */
  detail: string;
  status: number;
  errors?: { path: string; message: string }[];
  retryAfterS?: number;
  balance?: number;
  needed?: number;
  tries_left?: number;
  /** The id of the InMail that replaced an edited one. */
  replaced_by?: string;
  next_renewal?: { at: string; credits: number } | null;
  /** For an import: the columns and fields to choose from if the file's are not recognised. */
  columns?: string[];
  fields?: string[];
  mapping?: Record<string, string>;
  accounts?: { id: string; name: string }[];
  people?: string[];
  /** The open target of a person who is listed already. */
  target?: Target;
}

// ---- The server: its requests and responses are in server.d.ts ----

interface Account {
  /** The server's zone if this browser does not know it; `time_zone` is then UTC. Added on reading, never stored. */
  unknown_zone?: string;
}

/** The options of a call; the default is a plain GET. */
interface ApiRequest {
  method?: string;
  body?: object;
  /** The Idempotency-Key. */
  key?: string;
  /** The ETag of the stored response. */
  etag?: string | null;
  /** The shape that the response is checked against. */
  shape?: unknown;
}

// ---- Storage (the keys are in core/store/storage.js) ----

interface Server {
  /** Includes the path, if a proxy serves Inkeeper below one. */
  address: string;
  token: string | null;
  deviceId: string | null;
  demo: boolean;
  /** The id of the server's ledger; missing or null if the server reports none. */
  id?: string | null;
  /**
   * The secret with which the server proves itself; missing or null for a connection made before there were secrets.
   */
  secret?: string | null;
  /** The version at the last sync; missing if there was none since versions are stored. */
  version?: string;
  /** How the server was installed, as it said the last time; missing from an older server. */
  installed?: string;
}
/** How Inkeeper was installed: in the project's folder, or from a package. */
type Installed = "folder" | "package";
interface ImportMeta {
  /** Whether the extension is packed as in a release. */
  packed?: boolean;
}
/** The server's greeting, without a token; `id` is null from an older server. */
type Greeting = Omit<Greeted, "id"> & { id: string | null };
/** A pairing in progress; the previous connection is used until the code is confirmed. */
interface Pairing { id: string; expiresAt: string; address: string; demo: boolean; serverId?: string | null; installed?: string }

interface Connection {
  state: "ok" | "not_paired" | "server_off" | "other_program" | "impostor" | "permission_missing" | "version_mismatch" | "unauthorized";
  /** When this state began. */
  since: string;
  /** The server's message, if there is one. */
  detail: string;
  /** When the worker retries by itself; null if it does not. */
  retryAt: string | null;
  /** Consecutive failures; the next wait is computed from them. */
  tries: number;
}

interface StoredSummary {
  summary: Summary;
  etag: string | null;
  /** When the extension requested it, by its own clock. */
  receivedAt: string;
  /** The ids of the `saved` entries that it counts, of all accounts. */
  counts?: string[];
}

interface EntryBase {
  /** Sorts by creation time. */
  id: string;
  /** The Idempotency-Key: the entry's id, or a new one after the user changed the content. */
  key: string;
  accountId: string;
  /** The `serverKey` of its server; missing while there has been only one. */
  serverId?: string;
  /** The user chose to keep it for its server, so it is not asked about again. */
  isKept?: boolean;
  createdAt: string;
  /** Attempts that ended with a server error (5xx). */
  tries: number;
  /** When an attempt began whose result is unknown; null if the server does not have the entry. */
  attemptedAt: string | null;
  /** `saved`: on the server; kept until a summary that counts it has arrived. */
  state: "waiting" | "paused" | "needs_you" | "saved";
  problem: Problem | null;
}

interface InMailBody extends NewInMail {
  recipient: { name: string; profile_url?: string };
  sent_at: string;
  cost: 0 | 1;
  source: Source;
  subject?: string;
  purpose?: Purpose;
  note?: string;
  accept_discrepancy?: true;
}
interface InMailEntry extends EntryBase { kind: "inmail"; body: InMailBody }

/** Retracts an InMail: one of the outbox (`target`, until its `inmailId` is known) or one of the server. */
interface RetractEntry extends EntryBase {
  kind: "retract";
  target: string | null;
  inmailId: string | null;
  /** The credit that it returns and the time of the send, for the numbers shown meanwhile. */
  body: { name: string; sent_at: string; cost: 0 | 1 };
}
interface OutcomeEntry extends EntryBase {
  kind: "outcome";
  inmailId: string;
  body: OutcomeChange & { outcome: Outcome };
}
interface ObservationEntry extends EntryBase {
  kind: "observation";
  body: NewObservation & { observed_at: string };
}
/** Adds a person to the list of people to write to. */
interface TargetAddEntry extends EntryBase {
  kind: "target_add";
  body: NewTarget & { person: { name: string; profile_url?: string } };
}
/** Changes a target: one of the outbox (`target`, until its `targetId` is known) or one of the server. */
interface TargetChangeEntry extends EntryBase {
  kind: "target_change";
  target: string | null;
  targetId: string | null;
  person: Person;
  body: TargetChanges & { action: TargetAction };
}
interface PersonChangeEntry extends EntryBase {
  kind: "person_change";
  personId: string;
  person: Person;
  body: PersonChanges & { do_not_contact: true };
}
/** The user's corrections of a refused entry; missing fields stay. A null link removes it from the InMail. */
interface Correction {
  accountId?: string;
  name?: string;
  profileUrl?: string | null;
  /** When it was sent, seen or answered. */
  at?: string;
  cost?: 0 | 1;
  purpose?: Purpose | null;
  balance?: number;
  outcome?: Outcome;
}

/** The entries that change an account's numbers. */
type CreditEntry = InMailEntry | RetractEntry | ObservationEntry;
type OutboxEntry =
  CreditEntry | OutcomeEntry | TargetAddEntry | TargetChangeEntry | PersonChangeEntry;

interface Reminders {
  notifications: boolean;
  snoozedUntil: string | null;
  /** `<account>/<code>/<until>/<severity>` or `target/<id>/<planned>` -> the local day on which it was shown. */
  shown: Record<string, string>;
}
/** `takeOver`: record the page's balance without asking. */
interface Preferences { lastCost: 0 | 1; lastPurpose: Purpose | null; takeOver: boolean }
/** An InMail logged in this browser, whether or not its entry still exists. */
interface RecentLog {
  /** The id of its entry. */
  outboxId: string;
  /** The server's id; null until the server has it. */
  inmailId: string | null;
  accountId: string;
  name: string;
  profileUrl: string | null;
  cost: 0 | 1;
  at: string;
  source: Source;
}
/** An InMail that may have been sent; `name` is "" if the page does not show it. */
interface Question {
  id: string;
  /** Null if there is no account of the page's product. */
  accountId: string | null;
  product: Product | null;
  name: string;
  profileUrl: string | null;
  /** The likely cost. */
  cost: 0 | 1;
  at: string;
}
/** `revoked`: the setting is on, but the browser's permission was removed. */
type Listening = "off" | "on" | "revoked";
/** The initial values of the popup's form. */
interface Draft {
  name: string;
  profileUrl: string | null;
  at: string;
  /** The clicked link identifies no person. */
  isNoPerson?: boolean;
  /** The product that it was sent with, if there is no account for it. */
  product?: Product | null;
  /** For the list of people to write to, not for the log. */
  isForList?: boolean;
}

/** All of local storage, read at once. */
interface Stored {
  server: Server;
  pairing: Pairing | null;
  accounts: Account[];
  /** Why the last summary was refused, by account. */
  problems: Record<string, Problem>;
  currentAccount: string | null;
  connection: Connection;
  reminders: Reminders;
  preferences: Preferences;
  /** The latest InMails logged in this browser, oldest first; see core/store/recent.js. */
  recentLogs: RecentLog[];
  listening: Listening;
  questions: Question[];
  /** The targets that the user skips until the local day ends, with that day's number. */
  skipped: Record<string, number>;
  /** The server's ids of targets added here, by the ids of their entries. */
  added: [string, string][];
  /** The number of the last erasure that was applied. */
  erasuresSince: number;
  /** When the popup was last opened. */
  lookedAt: string;
  summaries: Record<string, StoredSummary>;
  /** Sorted by id, which is the order of the clicks. */
  entries: OutboxEntry[];
}

/** Changes of a storage area, by key; a removed key has no `newValue`. */
type StorageChanges = Record<string, { oldValue?: any; newValue?: any }>;

/** The used methods of a storage area. */
interface StorageArea {
  get(keys: string | string[] | null): Promise<Record<string, any>>;
  set(items: Record<string, any>): Promise<void>;
  remove(keys: string | string[]): Promise<void>;
}

// ---- The view: what pages and toolbar show ----

/** `ink` is the colour of the text on the `colour`. */
interface Badge { text: string; colour: string; ink: string; title: string }

/** A sign that replaces the number briefly, after a log without the popup. */
interface Flash { sign: string; until: string }

interface Person { name: string; profileUrl: string | null }

/** A link that identifies a person; see core/log/people.js. */
interface Link { kind: "in" | "member" | "lead" | "talent"; id: string; url: string }

/** A page of LinkedIn at one moment, with the evidence that address and title are of one person. */
interface PagePlace {
  address: string;
  title: string;
  /** The address at which the document was loaded; scripts may have changed the address since. */
  loadedAt: string;
  /** The page has not navigated since it was loaded. */
  isUntouched: boolean;
  headings: string[];
  /** The texts of the page's links to the person of its own address. */
  named: string[];
}

/** The reading of a page at the user's click; for the composer's part see `ComposerReading`. */
interface PageReading {
  /** When it was read. */
  at: string;
  /** `strange`: a composer is open, but in an unknown format, or it is not clear which of several. */
  composer: "none" | "read" | "strange";
  product: Product | null;
  person: Person | null;
  /** False if name and link may be of two people. */
  isClear: boolean;
  cost: "credit" | "free" | "unknown";
  balance: number | null;
  degree1: boolean;
}

/** Why credits are lost: at their end, over the limit, or with the plan. */
type LossReason = Extract<JournalKind, "expire" | "forfeit" | "void">;

/** The numbers of one account, projected to now with its unsent entries. */
interface Projection {
  /** When the server's part was requested. */
  asOf: string;
  /** True if the timeline no longer reaches now, so the balance is unreliable. */
  tooOld: boolean;
  balance: number;
  allotment: number;
  used: number;
  freeUsed: number;
  /** When the current period began. */
  start: string;
  /** The next loss if nothing is sent; `daysLeft` includes today. */
  nextLoss: (NextLoss & { reason: LossReason; daysLeft: number }) | null;
  nextRenewal: { at: string; credits: number } | null;
  /** Credits per working day that use up the next loss, rounded up to one decimal; null without a loss. */
  perDay: number | null;
  /** Credits used by now at an even pace; null if the period changed since the summary. */
  expectedUsed: number | null;
  forecast: Summary["forecast"] | null;
  observed: Summary["observed"];
  /** Days before a loss at which its severity rises: three, descending. */
  leadDays: number[];
  urgency: "plenty" | "soon" | "urgent" | "none";
  /** The warnings that apply now. */
  warnings: Warning[];
  /** When the balance changes next without a log. */
  nextMoment: string | null;
}

/** A recent InMail: on the server, or still waiting. */
interface RecentInMail {
  /** The id for `undo`. */
  id: string;
  /** The id for `outcome`; null while it waits. */
  inmailId: string | null;
  name: string;
  profileUrl: string | null;
  sentAt: string;
  cost: 0 | 1;
  outcome: Outcome;
  waiting: boolean;
  /** Logged by the listener, without the user. */
  noticed: boolean;
}

/** The latest InMail to a person: `id` is for `undo`, `inmailId` for `outcome` (null while it waits). */
interface PastInMail extends Person { accountId: string; id: string; inmailId: string | null; sentAt: string; outcome: Outcome }

/** The parameters of `log`; see core/messages.js. */
interface LogRequest {
  accountId: string;
  recipient: { name: string; profileUrl?: string | null };
  cost: 0 | 1;
  source: Source;
  purpose?: Purpose | null;
  subject?: string | null;
  note?: string | null;
  sentAt?: string;
  acceptDiscrepancy?: boolean;
  costRead?: boolean;
  second?: boolean;
  target?: string | null;
}

/** The last copied text and its recipient. */
interface Copied extends Person { target: string; text: string; at: string }

/** Why the user is asked before an InMail is logged. */
type Reason = "again" | "none_left";

/** The pages of the server that the extension opens. */
type AppPage = "history" | "people" | "report" | "settings";

interface AccountView {
  account: Account;
  productTitle: string;
  /** Why its summary was refused; the projection is then of an earlier summary. */
  problem: Problem | null;
  projection: Projection | null;
  /** Newest first. */
  recent: RecentInMail[];
  /** Unanswered InMails on the server, newest first. */
  awaiting: AwaitingInMail[];
  /**
   * The list of people of the last summary, and the entries that it does not count; core/log/targets.js combines them.
   */
  targets: Targets | null;
  ahead: OutboxEntry[];
}

/** The whole state that popup and welcome page show. */
interface View {
  now: string;
  server: { address: string; paired: boolean; demo: boolean; installed?: string; version: string | null };
  connection: Connection;
  pairing: Pairing | null;
  accounts: AccountView[];
  currentAccount: string | null;
  /** Entries that are sent without the user (`waiting`, `paused`). */
  waiting: OutboxEntry[];
  /** Entries for a server other than the connected one; each waits for that server or for `elsewhere.answer`. */
  elsewhere: OutboxEntry[];
  /** Refused entries; the user decides about each with `resolve`. */
  needsYou: OutboxEntry[];
  listening: Listening;
  /** Unproven sends; the user answers each with `question.answer`. */
  questions: Question[];
  /** See `Stored`. */
  skipped: Record<string, number>;
  /** The ids of entries whose person the server had on the list already. */
  listedBefore: string[];
  /** When the popup was last opened. */
  lastOpenedAt: string;
  reminders: Reminders;
  preferences: Preferences;
}
