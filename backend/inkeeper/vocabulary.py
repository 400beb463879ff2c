"""The enumerated values that Inkeeper stores, returns and compares: each list as a type and as a tuple.

The texts that people read for a value are in `wording` and `web`. After a value is added here, the type checker or a
test reports each place that lacks a text or a rule for it. A list with a CHECK constraint in the database also needs a
migration.
"""

from __future__ import annotations

from typing import Literal, get_args

# ---- InMails ----

Purpose = Literal["introduction", "follow_up", "article", "other"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""The purpose of an InMail. Stored."""

Outcome = Literal["pending", "accepted", "declined", "replied", "no_response"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""The outcome of an InMail. Stored."""

Answer = Literal["replied", "accepted", "declined"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""The outcomes that are an answer. An answer returns a credit under a rule book with credit back."""

Source = Literal["popup", "shortcut", "page", "import", "api", "terminal"]
SOURCES: tuple[Source, ...] = get_args(Source)
"""How an InMail was logged: `terminal` is `inkeeper log`, `api` any other program. Stored."""

# ---- Accounts and their credits ----

Product = Literal["premium", "sales_navigator", "recruiter"]
PRODUCTS: tuple[Product, ...] = get_args(Product)

FactKind = Literal[
    "opened", "book_chosen", "plan_changed", "cancelled", "sent", "outcome_recorded", "observed", "retracted"
]
FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)
"""The kinds of `rules.facts.Fact`. Stored."""

ObservationSource = Literal["person", "page"]
OBSERVATION_SOURCES: tuple[ObservationSource, ...] = get_args(ObservationSource)
"""Who read the balance that LinkedIn showed: a person, or the extension on a page. Stored."""

JournalKind = Literal["grant", "spend", "credit_back", "expire", "forfeit", "void", "adjust", "retract"]
JOURNAL_KINDS: tuple[JournalKind, ...] = get_args(JournalKind)
"""The kinds of a journal's entries."""

Loss = Literal["expire", "forfeit", "void"]
LOSSES: tuple[Loss, ...] = get_args(Loss)
"""The journal entries that lose credits: `expire` at the end of a lot, `forfeit` over the cap, `void` on a change of
plan or a cancellation.
"""

ReasonCode = Literal[
    "sent",
    "sent_free",
    "sent_and_taken_back",
    "not_covered",
    "taken_back",
    "let_through",
    "answered",
    "observed",
    "first_allotment",
    "renewed",
    "new_plan",
    "expired",
    "over_cap",
    "plan_changed",
    "cancelled",
    "subscription_ended",
    "taken_back_by_edit",
    "sent_and_edited",
    "sent_as_edited",
    "sent_free_as_edited",
]
REASON_CODES: tuple[ReasonCode, ...] = get_args(ReasonCode)
"""The reason of a journal entry. The last four are for edits of an InMail, which have no kind of fact of their own."""

PointKind = Literal["start", "grant", "use", Loss, "now"]
POINT_KINDS: tuple[PointKind, ...] = get_args(PointKind)
"""What changed the balance at a point of the report's chart."""

EventKind = Literal[Loss, "last_week", "renewal", "reply_windows", "no_credits", "planned"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
"""The kinds of calendar events. Part of an event's UID, so a value must not be renamed."""

PaceStatus = Literal["done", "ahead", "on_pace", "behind"]
PACE_STATUSES: tuple[PaceStatus, ...] = get_args(PaceStatus)

PeriodWarningCode = Literal["low_balance", "grant_missing", "response_rate"]
PERIOD_WARNING_CODES: tuple[PeriodWarningCode, ...] = get_args(PeriodWarningCode)
"""Warnings about a period. Their `until` changes with every InMail, so a changed `until` does not mean a new cause."""

WarningCode = Literal[
    "expiring",
    "cancelling",
    "behind",
    "few_targets",
    "empty",
    "over_cap",
    PeriodWarningCode,
    "discrepancy",
    "unconfirmed",
    "wrong_book",
]
WARNING_CODES: tuple[WarningCode, ...] = get_args(WarningCode)

PACE_WARNING_CODES: tuple[WarningCode, ...] = ("expiring", "behind", "empty", "low_balance")
"""Warnings that follow from balance, next loss and pace."""

INMAIL_WARNING_CODES: tuple[WarningCode, ...] = (*PACE_WARNING_CODES, "cancelling", "over_cap", "discrepancy")
"""Warnings that an InMail can change."""

ReminderCode = Literal[WarningCode, "to_write"]
REMINDER_CODES: tuple[ReminderCode, ...] = get_args(ReminderCode)
"""The subjects of reminder e-mails: each warning, and the people to write to today. Stored."""

Severity = Literal["urgent", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The severity of a warning, the most severe first. Stored."""

Direction = Literal["upgrade", "downgrade", "cancel"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
"""The direction of a change of plan."""

Verdict = Literal["stay", Direction, "not_enough_history"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""The recommendation of the advice on a plan."""

Need = Literal["lasting", "busy_month", "covered", "smaller", "unknown"]
NEEDS: tuple[Need, ...] = get_args(Need)
"""The reason for the advice's verdict."""

Difference = Literal["not_logged", "more_than_computed"]
DIFFERENCES: tuple[Difference, ...] = get_args(Difference)
"""How a balance that LinkedIn showed differed from the computed balance."""

HistoryFault = Literal["no_opening", "second_opening", "starts_later", "not_open_yet"]
HISTORY_FAULTS: tuple[HistoryFault, ...] = get_args(HistoryFault)
"""Why facts cannot be replayed."""

Invariant = Literal["conservation", "negative_balance", "lots", "negative_lot", "order"]
INVARIANTS: tuple[Invariant, ...] = get_args(Invariant)
"""The invariants of every state of the ledger."""

BookFault = Literal[
    "not_toml",
    "not_the_file_name",
    "missing",
    "unknown_key",
    "not_a_table",
    "not_a_list_of_tables",
    "not_a_text",
    "not_a_number_from",
    "not_true_or_false",
    "not_a_date",
    "not_one_of",
    "allotment_in_some_entries_only",
    "not_in_order_of_days",
    "excludes_cap",
    "not_a_part_of_a_year",
    "restart_without_grant",
]
BOOK_FAULTS: tuple[BookFault, ...] = get_args(BookFault)
"""Why the file of a rule book is invalid."""

# The currencies that forms offer, the most used first. The API accepts every code of ISO 4217.
CURRENCIES = tuple(
    (
        "EUR USD GBP CHF AED AUD BRL CAD CLP CNY COP CZK DKK HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PEN PHP PLN"
        " RON SAR SEK SGD THB TRY TWD UAH VND ZAR"
    ).split()
)

# ---- People to write to ----

LinkKind = Literal["in", "member", "lead", "talent"]
LINK_KINDS: tuple[LinkKind, ...] = get_args(LinkKind)
"""The kinds of links to a person's profile. Stored."""

OpenState = Literal["ready", "planned", "held"]
OPEN_STATES: tuple[OpenState, ...] = get_args(OpenState)
"""The states of a target whose next step can be done."""

EndedState = Literal["answered", "done", "dropped"]
ENDED_STATES: tuple[EndedState, ...] = get_args(EndedState)
"""The states of a target without a next step."""

TargetState = Literal[OpenState, "waiting", EndedState]
TARGET_STATES: tuple[TargetState, ...] = get_args(TargetState)

TargetAction = Literal["later", "drop", "close", "first", "reopen"]
TARGET_ACTIONS: tuple[TargetAction, ...] = get_args(TargetAction)
"""The actions on one target."""

BulkAction = Literal["later", "drop", "mark", "first"]
BULK_ACTIONS: tuple[BulkAction, ...] = get_args(BulkAction)
"""The actions on many targets at once."""

TargetFilter = Literal["all", "today", "month", "waiting", "done"]
TARGET_FILTERS: tuple[TargetFilter, ...] = get_args(TargetFilter)
"""The filters of the list page."""

NotPlaced = Literal[
    "no_credit",
    "per_day",
    "do_not_contact",
    "written_recently",
    "over_budget",
    "outside_campaign",
    "already_planned",
    "nothing_to_write",
]
NOT_PLACED: tuple[NotPlaced, ...] = get_args(NotPlaced)
"""Why bulk planning gives a target no day."""

PersonAction = Literal["add", "written", "on_list", "do_not_contact", "twice"]
PERSON_ACTIONS: tuple[PersonAction, ...] = get_args(PersonAction)
"""What adding a list of people does with a line that names a person."""

PastedProblem = Literal["other_link", "no_person", "no_name", "too_long"]
PASTED_PROBLEMS: tuple[PastedProblem, ...] = get_args(PastedProblem)
"""Why no person could be read from a line."""

LineProblem = Literal[
    PastedProblem,
    "ragged",
    "purpose",
    "note",
    "due",
    "planned_for",
    "planned_at",
    "account",
    "text",
    "campaign",
]
LINE_PROBLEMS: tuple[LineProblem, ...] = get_args(LineProblem)
"""Why a row of a file of people is not added."""

# ---- Texts and results ----

Variable = Literal["first_name", "last_name", "name", "company", "headline", "note"]
VARIABLES: tuple[Variable, ...] = get_args(Variable)
"""The variables of a text, filled in with data of its recipient."""

TextProblemCode = Literal["unknown_variable", "empty_variable", "unclosed", "unopened", "single_braces"]
TEXT_PROBLEM_CODES: tuple[TextProblemCode, ...] = get_args(TextProblemCode)

ResultGrouping = Literal["text", "campaign", "purpose", "weekday", "hour"]
RESULT_GROUPINGS: tuple[ResultGrouping, ...] = get_args(ResultGrouping)
"""The groupings of results."""

# ---- Files and devices ----

ImportKind = Literal["linkedin", "csv", "inkeeper"]
IMPORT_KINDS: tuple[ImportKind, ...] = get_args(ImportKind)
"""The kind of an imported file. Stored."""

RowKind = Literal["inmail", "answer", "message", "draft", "taken_back", "other_account", "not_understood"]
ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)
"""The kind of a row of an imported file."""

ImportAction = Literal["add", "answer", "already_there", "twice_in_file", "before_opening", "left_out"]
IMPORT_ACTIONS: tuple[ImportAction, ...] = get_args(ImportAction)
"""What an import does with an InMail of the file."""

DeviceKind = Literal["program", "page"]
DEVICE_KINDS: tuple[DeviceKind, ...] = get_args(DeviceKind)
"""`page`: a browser signed in to Inkeeper's own pages. `program`: any other client with a token. Stored."""

# ---- Refusals ----

ProblemCode = Literal[
    "bad_request",
    "unauthorized",
    "forbidden_origin",
    "wrong_code",
    "wrong_secret",
    "not_found",
    "method_not_allowed",
    "not_acceptable",
    "bad_file",
    "other_linkedin_file",
    "no_messages",
    "import_running",
    "columns_needed",
    "whose_export",
    "which_account",
    "rows_not_understood",
    "preview_outdated",
    "conflict",
    "idempotency_conflict",
    "insufficient_credits",
    "nothing_to_cancel",
    "retracted",
    "replaced",
    "already_on_list",
    "do_not_contact",
    "calendar_exists",
    "same_plan",
    "over",
    "precondition_failed",
    "too_large",
    "headers_too_large",
    "unsupported_media_type",
    "misdirected_request",
    "invalid",
    "pairing_shut",
    "invitation_needed",
    "secret_exists",
    "too_many_requests",
    "internal_error",
    "database_unavailable",
    "write_unconfirmed",
]
PROBLEM_CODES: tuple[ProblemCode, ...] = get_args(ProblemCode)
"""The `code` of a problem response of the API."""
