"""Schemas derived from NamedTuples."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from marshmallow import ValidationError, fields

from inkeeper.api.derived import schema_of
from inkeeper.api.summary import SummarySchema
from inkeeper.jsontext import plain, to_json
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import summary
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from tests.conftest import Clock
from tests.seat import Seat


class Part(NamedTuple):
    at: datetime
    kind: Literal["grant", "spend"]


class Whole(NamedTuple):
    """All of it."""

    number: int
    share: float | None
    text: Annotated[str, "What it is called."]
    sure: bool
    day: date
    parts: list[Part]
    first: Part | None
    counts: dict[str, int]
    cost: Literal[0, 1]


AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHOLE = Whole(3, None, "Kai", True, date(2026, 11, 23), [Part(AT, "grant")], Part(AT, "spend"), {"a": 1}, 1)


def as_sent(record: Any) -> Any:
    return plain(record) | {"day": "2026-11-23", "parts": [{"at": "2026-11-23T09:00:00Z", "kind": "grant"}]}


def test_a_record_fits_its_schema() -> None:
    answer = as_sent(WHOLE) | {"first": None}

    assert schema_of(Whole)().load(answer)["first"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": None},
        {"number": "many"},
        {"cost": 2},
        {"parts": [{"at": "2026-11-23T09:00:00Z", "kind": "gift"}]},
        {"parts": [{"kind": "grant"}]},
        {"counts": {"a": "many"}},
        {"more": 1},
    ],
)
def test_anything_else_does_not(wrong: dict[str, Any]) -> None:
    answer = as_sent(WHOLE) | {"first": None} | wrong

    with pytest.raises(ValidationError):
        schema_of(Whole)().load(answer)


def test_a_record_has_one_schema_in_whatever_order_it_is_asked_for() -> None:
    """Two of the same name would stop the OpenAPI document."""
    whole = schema_of(Whole)

    assert schema_of(Part) is schema_of(Part)
    assert schema_of(Whole) is whole
    assert type(whole().fields["first"].schema) is schema_of(Part)


def test_every_member_is_required() -> None:
    with pytest.raises(ValidationError) as refused:
        schema_of(Whole)().load({})

    assert set(refused.value.messages_dict) == set(Whole._fields)


def test_the_document_has_names_and_descriptions() -> None:
    schema = schema_of(Whole, "Renamed", number=fields.String(required=True))

    assert schema.__name__ == "RenamedSchema"
    assert schema.__doc__ == "All of it."
    assert schema().fields["text"].metadata == {"description": "What it is called."}
    assert isinstance(schema().fields["number"], fields.String)


def test_a_type_that_no_answer_has_is_refused() -> None:
    class Odd(NamedTuple):
        places: set[str]

    with pytest.raises(TypeError, match="no form in an answer"):
        schema_of(Odd)


def test_plain_has_dicts_for_records_however_deep() -> None:
    found = plain((1, [Part(AT, "grant")], {"first": Part(AT, "spend"), "kept": (2,)}))

    assert found == [1, [{"at": AT, "kind": "grant"}], {"first": {"at": AT, "kind": "spend"}, "kept": [2]}]
    assert to_json(plain(Part(AT, "grant"))) == '{"at":"2026-11-23T09:00:00Z","kind":"grant"}'


def test_the_summary_has_the_members_of_its_declaration(seat: Seat, store: Store, clock: Clock) -> None:
    with store.read() as tx:
        row = owned_account(tx, Actor(Owner.select().get(tx.database).id), seat.account["id"])
        answer = summary.summary(tx, row, clock()).answer

    assert seat.summary().keys() == plain(answer).keys() == SummarySchema().fields.keys()
