// The extension's types, known to all its modules by name: what the server answers, what storage holds, what the pages show.
// They are read by the type checker alone, so they stand beside the folder that the browser loads.
//
// Instants are RFC 3339 strings in UTC, credits are whole numbers, money is in minor units.

/** How the extension logs an InMail. */
type Source = Exclude<NewInMail["source"], "import" | "api">;

/** A refusal by the server, or by the extension itself (then `status` is 0). */
interface Problem {
  code: string;
  /** The server's words on what to do; empty where only the code is known. */
  detail: string;
  status: number;
  errors?: { path: string; message: string }[];
  retryAfterS?: number;
  balance?: number;
  needed?: number;
  tries_left?: number;
  /** Of an InMail that was edited: the id of the one to change. */
  replaced_by?: string;
  next_renewal?: { at: string; credits: number } | null;
  /** Of a file: what there is to choose from where it does not tell. */
  columns?: string[];
  fields?: string[];
  mapping?: Record<string, string>;
  accounts?: { id: string; name: string }[];
  people?: string[];
  /** The open target of a person who is on the list already. */
  target?: Target;
}

// ---- The server: what it answers and is sent stands in server.d.ts ----

interface Account {
  /** What the server has for a zone that this browser does not know; then `time_zone` is UTC. Added on reading, never stored. */
  unknown_zone?: string;
}

/** How a call of the server differs from a plain GET. */
interface ApiRequest {
  method?: string;
  body?: object;
  /** The Idempotency-Key. */
  key?: string;
  /** Of the answer that is here already. */
  etag?: string | null;
  /** What the answer must look like. */
  shape?: unknown;
}

// ---- What storage holds (the keys are in core/store/storage.js) ----

interface Server {
  /** With its path, if a proxy serves it below one. */
  address: string;
  token: string | null;
  deviceId: string | null;
  demo: boolean;
  /** Of the server's ledger; missing or null from a server that tells none. */
  id?: string | null;
  /** Under which the server proves itself; missing or null for a connection that was made before there were secrets. */
  secret?: string | null;
}
/** What a server tells of itself without a token; `id` is null where an older one has none. */
type Greeting = Omit<Greeted, "id"> & { id: string | null };
/** A connection in the making; until its code is confirmed, the one before it stands. */
interface Pairing { id: string; expiresAt: string; address: string; demo: boolean; serverId?: string | null }

interface Connection {
  state: "ok" | "not_paired" | "server_off" | "other_program" | "impostor" | "permission_missing" | "version_mismatch" | "unauthorized";
  /** Since when it is in this state. */
  since: string;
  /** The server's words, where it said something. */
  detail: string;
  /** When the worker tries again by itself; null if it waits for the user or for nothing. */
  retryAt: string | null;
  /** Failed tries in a row, from which the next wait is taken. */
  tries: number;
}

interface StoredSummary {
  summary: Summary;
  etag: string | null;
  /** When the extension asked for it, by its own clock. */
  receivedAt: string;
  /** The entries in the state `saved` that it counts, by their ids, whatever account they are of. */
  counts?: string[];
}

interface EntryBase {
  /** Ordered by time. */
  id: string;
  /** The Idempotency-Key: the id, until an answer by the user changes what is sent. */
  key: string;
  accountId: string;
  /** The `serverKey` of the server that it is for; missing as long as there was only one. */
  serverId?: string;
  /** The user wants to keep it for its server, without being asked again. */
  isKept?: boolean;
  createdAt: string;
  /** Attempts on which the server itself broke. */
  tries: number;
  /** When an attempt began whose end is not known; null means that the server does not have the entry. */
  attemptedAt: string | null;
  /** `saved`: on the server, kept until a summary that counts it has arrived. */
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

/** Takes an InMail back: one of the outbox (`target`, until its `inmailId` is known) or one of the server. */
interface RetractEntry extends EntryBase {
  kind: "retract";
  target: string | null;
  inmailId: string | null;
  /** What it gives back, and from when, for the numbers shown meanwhile. */
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
/** Puts a person on the list of people to write to. */
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
/** What the user corrects of a refused entry; what is left out stays. A link of null is left out of the InMail. */
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

/** The entries that move an account's numbers. */
type CreditEntry = InMailEntry | RetractEntry | ObservationEntry;
type OutboxEntry =
  CreditEntry | OutcomeEntry | TargetAddEntry | TargetChangeEntry | PersonChangeEntry;

interface Reminders {
  notifications: boolean;
  snoozedUntil: string | null;
  /** `<account>/<code>/<until>` -> the day on which it was last shown. */
  shown: Record<string, string>;
}
/** `takeOver`: the balance that a page shows is taken over without asking. */
interface Preferences { lastCost: 0 | 1; lastPurpose: Purpose | null; takeOver: boolean }
/** An InMail that was logged here, whatever has become of its entry. */
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
/** An InMail of which it is not known whether it was sent; without a name where the page did not tell it. */
interface Question {
  id: string;
  /** Null where no account is of the page's product. */
  accountId: string | null;
  product: string | null;
  name: string;
  profileUrl: string | null;
  /** What it would have cost. */
  cost: 0 | 1;
  at: string;
}
/** `revoked`: the user wants it, the browser no longer lets us. */
type Listening = "off" | "on" | "revoked";
/** A person for whom the popup's form is to open, filled in as far as it is known. */
interface Draft {
  name: string;
  profileUrl: string | null;
  at: string;
  /** The link that was clicked on leads to no person. */
  isNoPerson?: boolean;
  /** The product that it was sent with, of which there is no account. */
  product?: string | null;
  /** For the list of people to write to, not for the log. */
  isForList?: boolean;
}

/** All of local storage, read at once. */
interface Stored {
  server: Server;
  pairing: Pairing | null;
  accounts: Account[];
  /** By account, why its summary was refused when it was last asked for. */
  problems: Record<string, Problem>;
  currentAccount: string | null;
  connection: Connection;
  reminders: Reminders;
  preferences: Preferences;
  /** The latest InMails that were logged here, oldest first; see core/store/recent.js. */
  recentLogs: RecentLog[];
  listening: Listening;
  questions: Question[];
  /** The targets that the user wants to pass over until their local day ends, with the number of that day. */
  skipped: Record<string, number>;
  /** The server's ids of the targets that were added here, by the ids of their entries. */
  added: [string, string][];
  /** Of the last erasure at the server that was followed. */
  erasuresSince: number;
  /** When the popup was last opened. */
  lookedAt: string;
  summaries: Record<string, StoredSummary>;
  /** In the order of their ids, which is the order of the clicks. */
  entries: OutboxEntry[];
}

/** What changed in a part of storage, by key; a key that was removed has no `newValue`. */
type StorageChanges = Record<string, { oldValue?: any; newValue?: any }>;

/** A part of storage, as far as it is used; what comes out is what was put in. */
interface StorageArea {
  get(keys: string | string[] | null): Promise<Record<string, any>>;
  set(items: Record<string, any>): Promise<void>;
  remove(keys: string | string[]): Promise<void>;
}

// ---- What pages and toolbar are given to show ----

interface Badge { text: string; colour: string; title: string }

/** A sign that stands for a moment in place of the number, after a log without the popup. */
interface Flash { sign: string; until: string }

interface Person { name: string; profileUrl: string | null }

/** A link to a person; see core/log/people.js. */
interface Link { kind: "in" | "member" | "lead" | "talent"; id: string; url: string }

/** A page of LinkedIn at one moment, and what in it tells whether address and title are of one person. */
interface PagePlace {
  address: string;
  title: string;
  /** The address at which the document was loaded; the page may have changed its address since. */
  loadedAt: string;
  /** It has not gone to another address and back since. */
  isUntouched: boolean;
  headings: string[];
  /** The texts of its links to the person of its own address. */
  named: string[];
}

/** What a page says at the user's click; see `ComposerReading` for what comes from a composer. */
interface PageReading {
  /** When it was read. */
  at: string;
  /** `strange`: there is one, but it was not understood, or it is not clear which. */
  composer: "none" | "read" | "strange";
  product: string | null;
  person: Person | null;
  /** False where the name and the link of the person may be of two people. */
  isClear: boolean;
  cost: "credit" | "free" | "unknown";
  balance: number | null;
  degree1: boolean;
}

/** The numbers of one account, brought up to now with its waiting entries. */
interface Projection {
  /** How fresh the server's part is. */
  asOf: string;
  /** True when the timeline no longer reaches up to now: the balance is a memory, not a number to trust. */
  tooOld: boolean;
  balance: number;
  allotment: number;
  used: number;
  freeUsed: number;
  /** When the present period began. */
  start: string;
  /** What is lost next if nothing is sent, and the days left for it, today included. */
  nextLoss: (NextLoss & { reason: JournalKind; daysLeft: number }) | null;
  nextRenewal: { at: string; credits: number } | null;
  /** Credits a working day that use up the next loss, rounded up to one decimal; null without a loss ahead. */
  perDay: number | null;
  /** Used by now on an even pace; null once the period has changed since the server was asked. */
  expectedUsed: number | null;
  forecast: Summary["forecast"] | null;
  observed: Summary["observed"];
  /** Days before a loss at which its warning begins, rises and gets urgent: three, falling. */
  leadDays: number[];
  urgency: "plenty" | "soon" | "urgent" | "none";
  /** The warnings that hold now. */
  warnings: Warning[];
  /** The next instant at which the balance changes by itself. */
  nextMoment: string | null;
}

/** One line of "last sent": on the server, or still on its way. */
interface RecentInMail {
  /** What `undo` takes. */
  id: string;
  /** What `outcome` takes; null while it waits. */
  inmailId: string | null;
  name: string;
  profileUrl: string | null;
  sentAt: string;
  cost: 0 | 1;
  outcome: Outcome;
  waiting: boolean;
  /** Logged as it was sent, without the user. */
  noticed: boolean;
}

/** The latest InMail to a person: `id` is what `undo` takes, `inmailId` what `outcome` takes (null while it waits). */
interface PastInMail extends Person { accountId: string; id: string; inmailId: string | null; sentAt: string; outcome: Outcome }

/** What is asked of `log`; see core/messages.js. */
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

/** The text that the user copied last, and for whom. */
interface Copied extends Person { target: string; text: string; at: string }

/** Why the user is asked before an InMail is logged. */
type Reason = "again" | "none_left";

/** The pages of the server that the extension opens. */
type AppPage = "history" | "people" | "report" | "settings";

interface AccountView {
  account: Account;
  productTitle: string;
  /** Why the server refused its summary; the projection is then of an earlier one. */
  problem: Problem | null;
  projection: Projection | null;
  /** Newest first. */
  recent: RecentInMail[];
  /** On the server and without an answer, newest first. */
  awaiting: AwaitingInMail[];
  /** The list of people as the server told it last, and the entries that go beyond it; core/log/targets.js brings them together. */
  targets: Targets | null;
  ahead: OutboxEntry[];
}

/** The whole state that popup and welcome page show. */
interface View {
  now: string;
  server: { address: string; paired: boolean; demo: boolean };
  connection: Connection;
  pairing: Pairing | null;
  accounts: AccountView[];
  currentAccount: string | null;
  /** Entries that go to the server by themselves (`waiting`, `paused`). */
  waiting: OutboxEntry[];
  /** Entries for a server other than the connected one, each waiting for it or for an answer by `elsewhere.answer`. */
  elsewhere: OutboxEntry[];
  /** Entries that the server refused: each needs an answer by `resolve`. */
  needsYou: OutboxEntry[];
  listening: Listening;
  /** Sends without proof, each to be answered by `question.answer`. */
  questions: Question[];
  /** See `Stored`. */
  skipped: Record<string, number>;
  /** People whom the server had on the list before they were added here, by the ids of the entries. */
  listedBefore: string[];
  lastOpenedAt: string;
  reminders: Reminders;
  preferences: Preferences;
}
