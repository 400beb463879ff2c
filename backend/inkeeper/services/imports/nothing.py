"""The reason, as one sentence, why an import would add nothing."""

from __future__ import annotations

from inkeeper.services.imports.plan import Plan
from inkeeper.services.imports.reading import Note, Reading

_WHY_NOT = {
    "already_there": "there already",
    "twice_in_file": "twice in the file",
    "before_opening": "from before the account opened",
    "left_out": "left out by you",
}


def nothing_to_add(plan: Plan) -> Note:
    """The reason why a plan without facts adds nothing, such as `nothing_new` where all of it is there already."""
    reading = plan.reading
    if reading.found:
        return _nothing_new(plan)
    rows, odd = len(reading.rows), reading.rows.count("not_understood")
    if not rows:
        return Note("no_rows", {}, "The file has a heading and no rows below it.")
    if odd == rows:
        return Note("nothing_understood", {"rows": rows}, f"None of the {_counted(rows, 'row')} is understood.")
    if reading.kind == "linkedin":
        return _no_inmails(reading)
    return Note(
        "other_rows",
        {"rows": rows},
        f"None of the {_counted(rows, 'row')} is an InMail of the chosen account that still counts.",
    )


def _nothing_new(plan: Plan) -> Note:
    counts = {action: plan.count(action) for action in _WHY_NOT}
    number = len(plan.steps)
    parts = [f"{count} {_WHY_NOT[action]}" for action, count in counts.items() if count]
    return Note(
        "nothing_new",
        {"inmails": number, **counts},
        f"Of {_counted(number, 'InMail')} in the file: {', '.join(parts)}.",
    )


def _no_inmails(reading: Reading) -> Note:
    rows, begun = len(reading.rows), reading.begun
    owner = reading.owner or ""
    if not owner:
        detail = f"None of the {_counted(rows, 'row')} is a message that was sent."
    elif begun:
        detail = (
            f"{owner} begins {_counted(begun, 'conversation')} in this file, none of them with a subject and to one"
            " person, as an InMail is."
        )
    else:
        detail = f"{owner} begins none of the conversations in this file."
    return Note("no_inmails", {"rows": rows, "owner": owner, "begun": begun}, detail)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
