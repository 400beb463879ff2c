"""The reason why an import would add nothing."""

from __future__ import annotations

from inkeeper.reasons import Argument, reason
from inkeeper.services.imports.plan import Plan
from inkeeper.services.imports.reading import Note, Reading
from inkeeper.vocabulary import IMPORT_ACTIONS

_NOT_NEW = tuple(action for action in IMPORT_ACTIONS if action not in ("add", "answer"))


def nothing_to_add(plan: Plan) -> Note:
    """The reason why a plan without facts adds nothing, such as `nothing_new` where all of it is there already."""
    reading = plan.reading
    if reading.found:
        counts = {action: plan.count(action) for action in _NOT_NEW}
        return _note("nothing_new", inmails=len(plan.steps), **counts)
    rows, odd = len(reading.rows), reading.rows.count("not_understood")
    if not rows:
        return _note("no_rows")
    if odd == rows:
        return _note("nothing_understood", rows=rows)
    if reading.kind == "linkedin":
        return _no_inmails(reading)
    return _note("other_rows", rows=rows)


def _note(code: str, **arguments: Argument) -> Note:
    return Note(code, arguments, reason(f"import.nothing.{code}", **arguments))


def _no_inmails(reading: Reading) -> Note:
    owner, begun = reading.owner or "", reading.begun
    which = "no_inmail_begun" if begun else "none_begun" if owner else "nothing_sent"
    arguments: dict[str, Argument] = {"rows": len(reading.rows), "owner": owner, "begun": begun}
    return Note("no_inmails", arguments, reason(f"import.nothing.no_inmails.{which}", **arguments))
