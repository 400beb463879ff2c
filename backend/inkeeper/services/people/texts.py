"""Texts to write with: templates of subject and body, filled in for a person.

A version that an InMail was sent with is never changed, so that results tell what was really written: an edit makes the
next version of the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import Problem, not_found
from inkeeper.reasons import Reason, reason
from inkeeper.rules import people, templates
from inkeeper.rules.templates import BODY_LIMIT, SUBJECT_LIMIT, TextProblem
from inkeeper.services.access import Actor, owned_person, owned_text
from inkeeper.services.ledger import accounts
from inkeeper.services.people import persons
from inkeeper.storage import persons as stored_persons
from inkeeper.storage import targets, texts
from inkeeper.storage.persons import Person
from inkeeper.storage.texts import Text
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import VARIABLES

LIMITS = {"subject": SUBJECT_LIMIT, "body": BODY_LIMIT}
"""The longest that each part of a text may be as it is written, in the units of `templates.length`."""


class Preview(NamedTuple):
    """What a text says to one person, how long that is, and how long the body may be (units of `templates.length`).

    `missing` are the variables with neither a value nor a fallback.
    """

    subject: str
    body: str
    missing: tuple[str, ...]
    subject_length: int
    body_length: int
    limit: int


class FilledText(NamedTuple):
    """The present version of a text, filled in for one person. `text` is the text's id; `missing` as in `Preview`."""

    text: str
    version: int
    subject: str
    body: str
    missing: tuple[str, ...]


def list_texts(tx: Transaction, actor: Actor, after: str | None, limit: int) -> list[Text]:
    """Up to `limit` of the owner's texts in order of their making, after the id `after`, without archived ones."""
    return texts.list_texts(tx, actor.owner_id, after, limit)


def get_text(tx: Transaction, actor: Actor, text_id: str) -> Text:
    """One text, an archived one too. Raises a 404 Problem."""
    return owned_text(tx, actor, text_id)


def create_text(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], now: datetime) -> Text:
    """Store a text. `wanted` holds `name`, `subject`, `body` and perhaps `purpose`. Raises a 422 Problem that names
    each fault of the templates.
    """
    check(wanted)
    text_id = texts.add(tx, actor.owner_id, {"purpose": None, **wanted}, now)
    return get_text(tx, actor, text_id)


def update_text(tx: Transaction, actor: Actor, text_id: str, changes: Mapping[str, Any], now: datetime) -> Text:
    """Change what is given. Other words for a version that an InMail was sent with make the next version.

    Raises a 404 Problem for a text that is not there or was deleted, a 422 Problem as `create_text`.
    """
    text = _present(tx, actor, text_id)
    check(changes)
    texts.rename(tx, text.id, changes.get("name", text.name), changes.get("purpose", text.purpose))
    before = {"subject": text.subject, "body": text.body}
    words = before | {part: changes[part] for part in before if part in changes}
    if words != before and text.used:
        texts.add_version(tx, text.id, text.version + 1, words, now)
    elif words != before:
        texts.rewrite(tx, text.id, text.version, words)
    targets.changed(tx, actor.owner_id, [None])
    return get_text(tx, actor, text_id)


def delete_text(tx: Transaction, actor: Actor, text_id: str, now: datetime) -> bool:
    """Delete a text. One that an InMail, a target or a campaign names is archived instead: lists leave it out, and what
    names it keeps it. Returns whether it was archived. Raises a 404 Problem.
    """
    text = _present(tx, actor, text_id)
    archived = texts.is_referred_to(tx, text.id)
    if archived:
        texts.set_archived(tx, text.id, now)
    else:
        texts.remove(tx, text.id)
    return archived


def restore_text(tx: Transaction, actor: Actor, text_id: str) -> Text:
    """Bring an archived text back into the lists. Raises a 404 Problem."""
    texts.set_archived(tx, owned_text(tx, actor, text_id).id, None)
    return get_text(tx, actor, text_id)


def preview_text(
    tx: Transaction, actor: Actor, text_id: str, wanted: Mapping[str, Any], account_id: str | None, now: datetime
) -> Preview:
    """What the text says to a person: one of the owner's (`wanted` holds `id`), or one who is not stored (`name`, and
    perhaps `first_name`, `company`, `headline`).

    The body's limit is that of the account's product, the longest that any has without an account. Raises a 404
    Problem.
    """
    text = owned_text(tx, actor, text_id)
    product = accounts.get_account(tx, actor, account_id, now).product if account_id else ""
    return preview(text.subject, text.body, _values_of(tx, actor, wanted), product)


def preview(subject: str, body: str, values: Mapping[str, str | None], product: str) -> Preview:
    """What these two templates say where the variables have these values. Faulty places are shown as written."""
    heading = templates.fill(templates.parse(subject), values, one_line=True)
    words = templates.fill(templates.parse(body), values)
    return Preview(
        heading.text,
        words.text,
        tuple(dict.fromkeys((*heading.missing, *words.missing))),
        templates.length(heading.text),
        templates.length(words.text),
        templates.limit_of(product),
    )


def copy_of(tx: Transaction, actor: Actor, text_id: str, person: Person, note: str | None) -> FilledText:
    """The present version of a text for this person and the note of their target, to be copied. An archived text too,
    since targets and campaigns keep it. Raises a 404 Problem.
    """
    text = owned_text(tx, actor, text_id)
    made = preview(text.subject, text.body, values_of(person, note), "")
    return FilledText(text.id, text.version, made.subject, made.body, made.missing)


def values_of(person: Person, note: str | None) -> dict[str, str | None]:
    """What the variables say about a stored person."""
    return templates.values_for(
        person.name,
        first_name=person.first_name,
        company=person.company,
        headline=person.headline,
        note=note,
    )


def values_of_stored(tx: Transaction, actor: Actor, person: Person) -> dict[str, str | None]:
    """The same with the note of the person's latest target."""
    return values_of(person, texts.note_about(tx, actor.owner_id, person.id))


def person_like(tx: Transaction, actor: Actor, typed: str) -> Person | None:
    """The owner's person of this name or, if there is none, the newest whose name, company or link has this part."""
    found = stored_persons.find(tx, actor.owner_id, people.Person(typed, people.parse_link(typed)))
    return found or next(iter(stored_persons.search(tx, actor.owner_id, typed, None, 1)), None)


def people_to_show(tx: Transaction, actor: Actor, limit: int) -> list[Person]:
    """Up to `limit` of the owner's people, newest first."""
    return persons.search(tx, actor, "", None, limit)


def check(wanted: Mapping[str, Any]) -> None:
    """Raise a 422 Problem that names each fault of the given subject and body: of the template, or of its length."""
    faults = [(part, why) for part, limit in LIMITS.items() if part in wanted for why in _faults(wanted[part], limit)]
    if faults:
        first = reason("at_field", path=faults[0][0], message=faults[0][1])
        errors: list[dict[str, str | Reason]] = [{"path": part, "message": why} for part, why in faults]
        raise Problem("invalid", first, status=422, errors=errors)


def why_refused(problem: TextProblem) -> Reason:
    """A fault of a template as a reason."""
    why = reason(
        f"template.{problem.code}",
        line=str(problem.line),
        written=problem.written,
        suggestion=problem.suggestion or "",
        known=VARIABLES,
    )
    if problem.suggestion and problem.code == "unknown_variable":
        return reason("text.did_you_mean", reason=why, suggestion=problem.suggestion)
    return why


def _faults(text: str, limit: int) -> list[Reason]:
    if templates.length(text) > limit:
        return [reason("text.too_long", most=str(limit))]
    return [why_refused(problem) for problem in templates.problems_of(text)]


def _present(tx: Transaction, actor: Actor, text_id: str) -> Text:
    text = owned_text(tx, actor, text_id)
    if text.archived_at is not None:
        raise not_found("text")
    return text


def _values_of(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, str | None]:
    if "id" not in wanted:
        known = {name: wanted.get(name) for name in ("first_name", "company", "headline")}
        return templates.values_for(wanted["name"], **known)
    return values_of_stored(tx, actor, owned_person(tx, actor, wanted["id"]))
