// Written by tests/lint/contract.py from the OpenAPI document and types/server.toml; not to be edited by hand.

// A shape is the name of a type, an object of shapes (`name?` may be missing), `[shape]` for a list,
// `[null, shape]` for what may be null, and `{ "*": shape }` for an object with names of any kind.

const Refused = { code: "string", detail: "string" };
const Account = {
  id: "string", name: "string", product: "string", time_zone: "string", opened_at: "string", cap: [null, "number"],
  working_days: ["number"], reserve: "number",
};
const AccountSchemaPage = { items: [Account] };
const ListedPerson = {
  id: "string", name: "string", first_name: [null, "string"], links: ["string"], company: [null, "string"],
  headline: [null, "string"], do_not_contact: "boolean",
};
const FilledText = { text: "string", version: "number", subject: "string", body: "string", missing: ["string"] };
const Target = {
  id: "string", state: "string", person: ListedPerson, account: [null, "string"], purpose: [null, "string"],
  note: [null, "string"], due: [null, "string"], planned_for: [null, "string"], planned_at: [null, "string"],
  held_until: [null, "string"], created_at: "string", copy: [null, FilledText],
};
const Connected = { token: "string", device_id: "string" };
const Erasure = { inmails: ["string"], salt: "string", links: ["string"], names: ["string"] };
const Erasures = { erasures: [Erasure], last: "number", more: "boolean", complete: "boolean" };
const Greeted = {
  app: "string", version: "string", demo: "boolean", "id?": "string", "proof?": [null, "string"],
  "installed?": "string",
};
const LoggedInMail = { id: "string" };
const Logged = { inmail: LoggedInMail };
const FoundInMail = { id: "string", account: "string", sent_at: "string", outcome: "string" };
const Found = {
  person: [null, ListedPerson], target: [null, Target], last_inmail: [null, FoundInMail], inmails: "number",
};
const NewPairing = { id: "string", expires_at: "string" };
const Secret = { secret: "string" };
const SignIn = { secret: "string" };
const SummaryAccount = { "lead_days?": ["number"] };
const Period = { start: "string" };
const Money = { amount_minor: "number", currency: "string" };
const NextLoss = { at: "string", credits: "number", value: [null, Money] };
const Lot = { granted_at: "string", left: "number" };
const Pace = { expected: "number" };
const Forecast = { lost: [null, "number"], basis: "string" };
const Observed = { balance: "number", at: "string" };
const Warning = { code: "string", severity: "string", until: [null, "string"], "arguments?": { "*": "number" } };
const TimelineEvent = { at: "string", reason: "string", credits: "number", balance: "number" };
const Recipient = { name: "string", profile_url: [null, "string"] };
const InMail = { id: "string", recipient: Recipient, sent_at: "string", outcome: "string", cost: "number" };
const AwaitingInMail = {
  id: "string", recipient: Recipient, sent_at: "string", outcome: "string", cost: "number", answer_by: "string",
  returns_credit: "boolean",
};
const Targets = {
  next: [Target], names: "number", ready: "number", today: "number", sent_today: "number", held: "number",
};
const Summary = {
  "account?": SummaryAccount, product_title: "string", as_of: "string", balance: "number", allotment: "number",
  used: "number", free_used: "number", period: Period, next_loss: [null, NextLoss], lots: [Lot], pace: Pace,
  forecast: Forecast, observed: [null, Observed], warnings: [Warning], timeline: [TimelineEvent], recent: [InMail],
  awaiting: [AwaitingInMail], "targets?": Targets,
};

/** What each call answers. */
export const SHAPE = {
  accounts: AccountSchemaPage, added: Target, connected: Connected, erasures: Erasures, greeting: Greeted,
  logged: Logged, lookup: Found, pairing: NewPairing, secret: Secret, signIn: SignIn, summary: Summary,
};

/** What every refusal has. */
export const REFUSAL = Refused;

export const OUTCOMES = /** @type {Outcome[]} */ (["pending", "accepted", "declined", "replied", "no_response"]);

export const PRODUCTS = /** @type {Product[]} */ (["premium", "sales_navigator", "recruiter"]);

export const PURPOSES = /** @type {Purpose[]} */ (["introduction", "follow_up", "article", "other"]);
