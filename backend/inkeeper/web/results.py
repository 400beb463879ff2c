"""The page Results: response rates by text, campaign, purpose, weekday and hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flask import Response
from markupsafe import Markup
from marshmallow import fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.rules.results import MIN_SENT, Counts, result_of
from inkeeper.services.people import results, texts
from inkeeper.services.people.results import NONE, Row
from inkeeper.web import forms, pages, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language

WAYS = Translated(
    {
        "text": gettext_noop("Text"),
        "campaign": gettext_noop("Campaign"),
        "purpose": gettext_noop("Why"),
        "weekday": gettext_noop("Weekday"),
        "hour": gettext_noop("Hour"),
    }
)
"""The dimensions of the results, by code: the heading of the first column."""

CAPTIONS = Translated(
    {
        "text": gettext_noop("Replies by text"),
        "campaign": gettext_noop("Replies by campaign"),
        "purpose": gettext_noop("Replies by purpose"),
        "weekday": gettext_noop("Replies by weekday"),
        "hour": gettext_noop("Replies by hour"),
    }
)
"""The tables' names for screen readers."""

_NO_VALUE = Translated(
    {"text": gettext_noop("No text"), "campaign": gettext_noop("No campaign"), "purpose": gettext_noop("Not said")}
)
_STEP = 10
"""In percent: the scale of the bars ends at a multiple of this."""


class ResultsQuery(forms.Query):
    """The dimension of the results."""

    by = fields.String(load_default="text", validate=validate.OneOf(WAYS))


@blueprint.page("/people/results")
def show_results() -> Response:
    """Show the results."""
    query = forms.read_query(ResultsQuery())
    by = query.get("by", "text")
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        rows = results.list_results(tx, actor(), found.account_id, by, now())
        if by == "weekday":
            rows = sorted(rows, key=lambda row: language().weekdays.index(int(row.key)))
        better = {row.key: _name(tx, row.difference) for row in rows if row.difference}
    whole = Counts(sum(row.sent for row in rows), sum(row.answered for row in rows), 0)
    top = _top(rows)
    return pages.page(
        "app/results.html",
        title=gettext("Results"),
        here="people",
        seats=found,
        by=by,
        rows=[_shown(by, row, top) for row in rows],
        differences=better,
        whole=whole,
        rate=result_of(whole, None, 0),
        top=top / 100,
        fewest=MIN_SENT,
        rated=any(row.rate is not None for row in rows),
        priced=any(row.cost_per_answer for row in rows),
        alone=len(rows) == 1 and rows[0].key == NONE,
    )


def name_of(by: str, row: Row) -> str:
    """The name of a row."""
    if row.key == NONE:
        return _NO_VALUE[by]
    if by == "purpose":
        return words.PURPOSES[row.key]
    if by == "weekday":
        return language().formats.days[int(row.key) - 1]
    return f"{int(row.key):02}:00–{int(row.key) + 1:02}:00" if by == "hour" else row.name or ""


def bar(row: Row, top: int) -> Markup | None:
    """Draw the rate as a mark within its confidence interval, on a scale from 0 to `top` percent.

    None for a row without a rate. The table has the same numbers.
    """
    if row.rate is None or row.low is None or row.high is None:
        return None
    low, middle, high = (f"{share * 1_000 / (top / 100):.0f}" for share in (row.low, row.rate, row.high))
    return Markup(
        '<svg class="range" viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="7" width="1000" height="2"></rect>'
        '<rect class="span" x="{low}" y="5" width="{width}" height="6"></rect>'
        '<rect class="rate" x="{rate}" y="0" width="8" height="16"></rect></svg>'
    ).format(low=low, width=int(high) - int(low), rate=max(0, min(992, int(middle) - 4)))


def _top(rows: Sequence[Row]) -> int:
    highest = max((row.high for row in rows if row.high is not None), default=1.0)
    return max(_STEP, math.ceil(highest * 100 / _STEP) * _STEP)


def _shown(by: str, row: Row, top: int) -> dict[str, Any]:
    """The values of a table row."""
    ends = "–".join(f"{share * 100:.0f}" for share in (row.low, row.high) if share is not None)
    return row._asdict() | {
        "name": name_of(by, row),
        "bar": bar(row, top),
        "range": language().formats.percent.format(ends),
    }


def _name(tx: Any, difference: str) -> str:
    """The name of the better text, or the code of the reason why there is none."""
    _, _, text_id = difference.partition("text:")
    return texts.get_text(tx, actor(), text_id).name if text_id else difference


@blueprint.app_context_processor
def ways() -> dict[str, Any]:
    """Template variables: the dimensions, and their tables' names."""
    return {"WAYS": WAYS, "CAPTIONS": CAPTIONS}
