// Written by tests/lint/contract.py from the OpenAPI document and types/server.toml; not to be edited by hand.
//
// Instants are RFC 3339 strings in UTC, days YYYY-MM-DD, credits whole numbers, money in minor units.

type JournalKind =
  | "grant" | "spend" | "credit_back" | "expire" | "forfeit" | "void" | "adjust" | "retract";
type ObservationSource =
  | "person" | "page";
type Outcome =
  | "pending" | "accepted" | "declined" | "replied" | "no_response";
type ProblemCode =
  | "bad_request" | "unauthorized" | "forbidden_origin" | "wrong_code" | "wrong_secret" | "not_found"
  | "method_not_allowed" | "not_acceptable" | "bad_file" | "other_linkedin_file" | "no_messages" | "import_running"
  | "columns_needed" | "whose_export" | "which_account" | "rows_not_understood" | "preview_outdated" | "conflict"
  | "idempotency_conflict" | "insufficient_credits" | "nothing_to_cancel" | "retracted" | "replaced" | "already_on_list"
  | "do_not_contact" | "calendar_exists" | "same_plan" | "over" | "precondition_failed" | "too_large"
  | "headers_too_large" | "unsupported_media_type" | "misdirected_request" | "invalid" | "pairing_shut"
  | "invitation_needed" | "secret_exists" | "too_many_requests" | "internal_error" | "database_unavailable"
  | "write_unconfirmed";
type Product =
  | "premium" | "sales_navigator" | "recruiter";
type Purpose =
  | "introduction" | "follow_up" | "article" | "other";
type Severity =
  | "urgent" | "warning" | "info";
type TargetAction =
  | "later" | "drop" | "close" | "first" | "reopen";
type TargetState =
  | "ready" | "planned" | "held" | "waiting" | "answered" | "done" | "dropped";
type WarningCode =
  | "expiring" | "cancelling" | "behind" | "few_targets" | "empty" | "over_cap" | "low_balance" | "grant_missing"
  | "response_rate" | "discrepancy" | "unconfirmed" | "wrong_book";

interface Account {
  id: string;
  name: string;
  product: Product;
  time_zone: string;
  opened_at: string;
  cap: number | null;
  working_days: number[];
  reserve: number;
}

interface AccountSchemaPage {
  items: Account[];
}

interface AwaitingInMail {
  id: string;
  recipient: Recipient;
  sent_at: string;
  outcome: Outcome;
  cost: 0 | 1;
  /** From then on it reads as `no_response`. */
  answer_by: string;
  /** Whether an answer before that gives the credit back. */
  returns_credit: boolean;
}

interface TimelineEvent {
  at: string;
  reason: JournalKind;
  credits: number;
  balance: number;
}

interface Connected {
  token: string;
  device_id: string;
}

interface FilledText {
  text: string;
  version: number;
  subject: string;
  body: string;
  missing: string[];
}

interface Erasure {
  inmails: string[];
  salt: string;
  links: string[];
  names: string[];
}

interface Erasures {
  erasures: Erasure[];
  last: number;
  more: boolean;
  /** False where it is not known any more whom all of them were about, or where `since` is not from this database: forget every person. */
  complete: boolean;
}

interface Forecast {
  lost: number | null;
  basis: string;
}

interface InMail {
  id: string;
  recipient: Recipient;
  sent_at: string;
  outcome: Outcome;
  cost: 0 | 1;
}

interface LoggedInMail {
  id: string;
}

interface FoundInMail {
  id: string;
  /** The id of the account that it was sent from. */
  account: string;
  sent_at: string;
  outcome: Outcome;
}

interface Targets {
  next: Target[];
  names: number;
  ready: number;
  today: number;
  sent_today: number;
  held: number;
}

interface Logged {
  inmail: LoggedInMail;
}

interface Found {
  person: ListedPerson | null;
  /** The one that can be written to; else one that waits for an answer. */
  target: Target | null;
  last_inmail: FoundInMail | null;
  /** How many InMails went to this person, those taken back left out; at most 1000. */
  inmails: number;
}

interface NextLoss {
  at: string;
  credits: number;
  value: Money | null;
}

interface Lot {
  granted_at: string;
  left: number;
}

interface Money {
  amount_minor: number;
  currency: string;
}

interface Observed {
  balance: number;
  at: string;
}

interface Pace {
  expected: number;
}

interface NewPairing {
  id: string;
  expires_at: string;
}

interface Period {
  start: string;
}

interface ListedPerson {
  id: string;
  name: string;
  first_name: string | null;
  /** At most one of each kind. */
  links: string[];
  company: string | null;
  headline: string | null;
  do_not_contact: boolean;
}

interface Refused {
  code: ProblemCode;
  /** What to do. */
  detail: string;
}

interface Recipient {
  name: string;
  profile_url: string | null;
}

interface Secret {
  secret: string;
}

interface Greeted {
  app: "inkeeper";
  version: string;
  /** Whether all that the server holds is made up. */
  demo: boolean;
  /** Random; of the ledger that is served: the same wherever its database is taken. */
  id?: string;
  /** Where a nonce was sent: HMAC-SHA256 in lower-case hex, its key the device's secret and its message the nonce, both as ASCII text. Null if the server has no secret of that device. */
  proof?: string | null;
  /** As the project's folder or from a package: which commands its user has. */
  installed?: "folder" | "package";
}

interface SignIn {
  secret: string;
}

interface Summary {
  account?: SummaryAccount;
  product_title: string;
  as_of: string;
  balance: number;
  allotment: number;
  used: number;
  free_used: number;
  period: Period;
  next_loss: NextLoss | null;
  lots: Lot[];
  pace: Pace;
  forecast: Forecast;
  observed: Observed | null;
  warnings: Warning[];
  timeline: TimelineEvent[];
  recent: InMail[];
  awaiting: AwaitingInMail[];
  targets?: Targets;
}

interface SummaryAccount {
  /** Three falling numbers of days before credits are lost. */
  lead_days?: number[];
}

interface Target {
  id: string;
  state: TargetState;
  person: ListedPerson;
  account: string | null;
  /** Of the next InMail. */
  purpose: Purpose | null;
  note: string | null;
  due: string | null;
  planned_for: string | null;
  /** HH:MM */
  planned_at: string | null;
  /** Of one that is held: when its credit comes. */
  held_until: string | null;
  created_at: string;
  /** Null in lists. */
  copy: FilledText | null;
}

interface Warning {
  code: WarningCode;
  severity: Severity;
  until: string | null;
  /** The numbers that words for the code need, where the summary has not all of them otherwise. */
  arguments?: Record<string, number>;
}

interface NewInMail {
  recipient: NewRecipient;
  /** Now, if left out. */
  sent_at?: string;
  /** 0 for Open Profile and 1st degree; 1 if left out. */
  cost?: 0 | 1;
  source: "popup" | "shortcut" | "page" | "import" | "api" | "terminal";
  subject?: string | null;
  purpose?: Purpose | null;
  note?: string | null;
  /** LinkedIn let it through although the ledger has no credit. */
  accept_discrepancy?: boolean;
  /** Whose step it does. If left out, or of another person: that of its person, if any. */
  target?: string;
  /** With which text it was written; the target's, if left out. */
  text?: string;
}

interface NewRecipient {
  /** Stored on one line, without control and unseen characters, and cut where it is longer than 200 characters. */
  name: string;
  /** Any link to a person on LinkedIn, Sales Navigator or Recruiter. One that leads to no person is not stored, and `left_out` of the answer says so. */
  profile_url?: string | null;
}

interface OutcomeChange {
  outcome?: Outcome;
  /** When it happened; now, if left out. */
  outcome_at?: string;
}

interface NewObservation {
  balance: number;
  /** Now, if left out. */
  observed_at?: string;
  source: ObservationSource;
}

interface NewTarget {
  person: NewTargetPerson;
  /** Any account of the owner's, if left out. */
  account?: string | null;
  note?: string | null;
}

interface NewTargetPerson {
  /** Stored on one line, without control and unseen characters, and cut where it is longer than 200 characters. */
  name?: string;
  /** Any link to a person on LinkedIn, Sales Navigator or Recruiter. One that leads to no person is not stored, and `left_out` of the answer says so. */
  profile_url?: string | null;
}

interface TargetChanges {
  action?: TargetAction;
  until?: string;
}

interface PersonChanges {
  /** True ends what was still to be written to this person. */
  do_not_contact?: boolean;
}
