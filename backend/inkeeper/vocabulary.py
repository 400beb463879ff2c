"""The words that Inkeeper stores, answers and compares: each list once, as a type and as a tuple of the same words.

What people read for a word is written elsewhere. Adding a word here shows, by the type checker or a test, every place
that needs words or a rule for it; a list with a CHECK constraint in the database also needs a migration.
"""

from __future__ import annotations

from typing import Literal, get_args

# ---- InMails ----

Purpose = Literal["introduction", "follow_up", "article", "other"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""Why an InMail is written. Stored."""

Outcome = Literal["pending", "accepted", "declined", "replied", "no_response"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""What came of an InMail. Stored."""

Answer = Literal["replied", "accepted", "declined"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""The outcomes that are an answer, and so return a credit where the rule book knows credit back."""

Source = Literal["popup", "shortcut", "page", "import", "api"]
SOURCES: tuple[Source, ...] = get_args(Source)
"""How an InMail came into the log. Stored."""

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
"""Who read a balance off LinkedIn: a person, or the extension on a page. Stored."""

JournalKind = Literal["grant", "spend", "credit_back", "expire", "forfeit", "void", "adjust", "retract"]
JOURNAL_KINDS: tuple[JournalKind, ...] = get_args(JournalKind)
"""The kinds of a journal's entries."""

Loss = Literal["expire", "forfeit", "void"]
LOSSES: tuple[Loss, ...] = get_args(Loss)
"""The journal's kinds by which credits are lost: at the end of their life, over the cap, with a change of plan."""

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
"""Why an entry stands in the journal. The last four name edits, which are no facts of their own."""

PointKind = Literal["start", "grant", "use", Loss, "now"]
POINT_KINDS: tuple[PointKind, ...] = get_args(PointKind)
"""What changed the balance at a point of the report's chart."""

EventKind = Literal[Loss, "last_week", "renewal", "reply_windows", "no_credits", "planned"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
"""The kinds of events in the calendar. Part of an event's lasting name in calendar programs."""

PaceStatus = Literal["done", "ahead", "on_pace", "behind"]
PACE_STATUSES: tuple[PaceStatus, ...] = get_args(PaceStatus)

PeriodWarningCode = Literal["low_balance", "grant_missing", "response_rate"]
PERIOD_WARNING_CODES: tuple[PeriodWarningCode, ...] = get_args(PeriodWarningCode)
"""Warnings about a period: their end moves with every InMail, and is no sign of another cause."""

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

ReminderCode = Literal[WarningCode, "to_write"]
REMINDER_CODES: tuple[ReminderCode, ...] = get_args(ReminderCode)
"""What an e-mail can tell of: each warning, and the people to write to today. Stored."""

Severity = Literal["urgent", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""How pressing a warning is, the worst first. Stored."""

Direction = Literal["upgrade", "downgrade", "cancel"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
"""Where a change of plan leads."""

Verdict = Literal["stay", Direction, "not_enough_history"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What the advice says of the plan."""

Need = Literal["lasting", "busy_month", "covered", "smaller", "unknown"]
NEEDS: tuple[Need, ...] = get_args(Need)
"""What the advice's verdict rests on."""

Difference = Literal["not_logged", "more_than_computed"]
DIFFERENCES: tuple[Difference, ...] = get_args(Difference)
"""How a balance that LinkedIn showed differed from the computed one."""

HistoryFault = Literal["no_opening", "second_opening", "starts_later", "not_open_yet"]
HISTORY_FAULTS: tuple[HistoryFault, ...] = get_args(HistoryFault)
"""Why facts do not make a history."""

Invariant = Literal["conservation", "negative_balance", "lots", "negative_lot", "order"]
INVARIANTS: tuple[Invariant, ...] = get_args(Invariant)
"""What holds in every state of the ledger, by what would break it."""

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
"""Why a rule book's file is refused."""

# The currencies to choose from, those that most accounts are paid in first. Any other code of ISO 4217 is taken too.
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
"""What can be done with one target."""

BulkAction = Literal["later", "drop", "mark", "first"]
BULK_ACTIONS: tuple[BulkAction, ...] = get_args(BulkAction)
"""What can be done with many targets at once."""

TargetFilter = Literal["all", "today", "month", "waiting", "done"]
TARGET_FILTERS: tuple[TargetFilter, ...] = get_args(TargetFilter)
"""What the page of the list can show of it."""

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
"""Why a target gets no day when many are planned at once."""

PersonAction = Literal["add", "written", "on_list", "do_not_contact", "twice"]
PERSON_ACTIONS: tuple[PersonAction, ...] = get_args(PersonAction)
"""What becomes of a line that names a person, when a list of people is added."""

PastedProblem = Literal["other_link", "no_person", "no_name", "too_long"]
PASTED_PROBLEMS: tuple[PastedProblem, ...] = get_args(PastedProblem)
"""Why a line names no person."""

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
"""Why a row of a file with people is not added."""

# ---- Texts and results ----

Variable = Literal["first_name", "last_name", "name", "company", "headline", "note"]
VARIABLES: tuple[Variable, ...] = get_args(Variable)
"""What a text can say about the person that it is written to."""

TextProblemCode = Literal["unknown_variable", "empty_variable", "unclosed", "unopened", "single_braces"]
TEXT_PROBLEM_CODES: tuple[TextProblemCode, ...] = get_args(TextProblemCode)

ResultGrouping = Literal["text", "campaign", "purpose", "weekday", "hour"]
RESULT_GROUPINGS: tuple[ResultGrouping, ...] = get_args(ResultGrouping)
"""What InMails are counted by."""

# ---- Files and devices ----

ImportKind = Literal["linkedin", "csv", "inkeeper"]
IMPORT_KINDS: tuple[ImportKind, ...] = get_args(ImportKind)
"""What kind of file brought InMails. Stored."""

RowKind = Literal["inmail", "answer", "message", "draft", "taken_back", "other_account", "not_understood"]
ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)
"""What a row of a file is taken for."""

ImportAction = Literal["add", "answer", "already_there", "twice_in_file", "before_opening", "left_out"]
IMPORT_ACTIONS: tuple[ImportAction, ...] = get_args(ImportAction)
"""What becomes of an InMail in a file."""

DeviceKind = Literal["program", "page"]
DEVICE_KINDS: tuple[DeviceKind, ...] = get_args(DeviceKind)
"""`page` is a browser that shows Inkeeper's own pages, `program` everything else with a token. Stored."""

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
"""The codes of refusals, as the API answers them."""
