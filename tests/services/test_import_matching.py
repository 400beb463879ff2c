"""Which InMails of a file are taken for ones of the ledger, and that looking them up takes time in proportion."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inkeeper.rules.people import normal_name
from inkeeper.services.access import Actor
from inkeeper.services.imports import batches
from inkeeper.services.imports.matching import Known, matches, twice_in_file
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Found, Wishes
from inkeeper.services.ledger import accounts, inmails
from inkeeper.services.takeout.erasing import erase_person
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from tests.files import ME, link, message, messages, table
from tests.rows import add_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPENED = NOW - timedelta(days=60)
IN = "https://www.linkedin.com/in/"
SITE = "https://www.linkedin.com/"
MEMBER = f"{IN}ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"
GONE = {"TO": "LinkedIn Member", "RECIPIENT PROFILE URLS": ""}
# So that it is clear whose export it is.
OTHERS = (
    message("a", ME, "Sascha Muster", "2026-10-01 08:00:00"),
    message("b", "Toni Modell", ME, "2026-10-02 08:00:00"),
)


class Books:
    """An account with credits for everything, what is logged in it, and what importing a file does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id="me", name="me", created_at=OPENED)
            wanted = {"name": "My seat", "plan": "sales_navigator", "time_zone": "UTC", "opened_at": OPENED}
            self.id = accounts.create_account(tx, Actor("me"), wanted | {"allotment": 5_000}, NOW).account.id

    def log(self, name: str, url: str | None, at: str) -> None:
        sent_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
        wanted = {"recipient": {"name": name, "profile_url": url}, "sent_at": sent_at, "source": "popup"}
        with self.store.begin_write(self.id) as tx:
            inmails.log_inmail(tx, Actor("me"), self.id, wanted, NOW)

    def actions(self, content: bytes, *, bring: bool = False) -> list[str]:
        """What becomes of each InMail in the file; with `bring` it is imported as well."""

        def read():  # type: ignore[no-untyped-def]
            return read_file(io.BytesIO(content), "mine.csv", Named(self.id, "My seat"), "UTC", Wishes(), NOW)

        with self.store.read() as tx:
            preview = batches.preview(tx, Actor("me"), self.id, read(), NOW, None, 1000)
        assert preview.in_the_way == []
        if bring:
            with self.store.begin_write(self.id) as tx:
                batches.store_import(tx, Actor("me"), self.id, read(), preview.confirm or "", NOW)
        return [each.action for each in preview.items]

    def listed(self) -> list[inmails.CurrentInmail]:
        with self.store.read() as tx:
            return inmails.list_inmails(tx, Actor("me"), self.id, {}, None, 100, NOW)

    def edit(self, inmail_id: str, **changes: Any) -> None:
        with self.store.begin_write(self.id) as tx:
            inmails.update_inmail(tx, Actor("me"), self.id, inmail_id, changes, NOW)

    def forget_the_messages_keys(self) -> None:
        """As a version that stored none."""
        with self.store.begin_write(None) as tx:
            tx.execute("UPDATE inmail SET message_key = NULL")


@pytest.fixture
def books(store: Store) -> Books:
    return Books(store)


def csv_of(*rows: tuple[str, str, str]) -> bytes:
    return table(("name", "profile_url", "sent_at"), rows)


def to_kai(**other: str) -> dict[str, str]:
    return message("c1", ME, "Kai Muster", "2026-11-10 09:00:00", "Hello") | other


def export(*rows: dict[str, str]) -> bytes:
    return messages(*OTHERS, *rows)


@pytest.mark.parametrize(
    ("logged", "row"),
    [
        (f"{SITE}sales/lead/ACwAAB1", f"{SITE}sales/lead/ACwAAB1,NAME_SEARCH,xYz1"),
        (f"{SITE}sales/lead/ACwAAB1,NAME_SEARCH,xYz1", f"{SITE}sales/people/ACwAAB1"),
        (f"{SITE}talent/profile/AEMA", f"{SITE}talent/hire/1/manage/all/profile/AEMA"),
        (f"{IN}kai", "de.linkedin.com/mwlite/in/KAI/overlay/contact-info/"),
        (MEMBER, MEMBER.lower()),
        (MEMBER.lower(), MEMBER),
    ],
)
def test_one_person_is_known_by_every_link_to_them(books: Books, logged: str, row: str) -> None:
    books.log("Kai E.", logged, "2026-11-10 12:00")

    assert books.actions(csv_of(("Kai Example", row, "2026-11-10"))) == ["already_there"]


@pytest.mark.parametrize("name", ["Kai  Example", "KAI\u00a0EXAMPLE", "Kai\u200b Example", "Ｋａｉ Example"])
def test_one_person_is_known_by_the_name_in_any_spelling(books: Books, name: str) -> None:
    books.log("Kai Example", MEMBER, "2026-11-10 12:00")

    assert books.actions(csv_of((name, f"{IN}kai-example", "2026-11-10"))) == ["already_there"]


def test_two_links_of_one_kind_are_two_people(books: Books) -> None:
    books.log("Kai Example", f"{IN}kai-example", "2026-11-10 12:00")

    assert books.actions(csv_of(("Kai Example", f"{IN}kai-example-2", "2026-11-10"))) == ["add"]
    assert books.actions(csv_of(("Kai Example", "", "2026-11-10"))) == ["already_there"]


def test_a_file_that_names_a_person_twice_is_understood_in_any_spelling(books: Books) -> None:
    rows = [
        ("Kai Example", f"{SITE}sales/lead/ACwAAB1", "2026-11-10"),
        ("K. Example", f"{SITE}sales/people/acwaab1,NAME_SEARCH,x", "2026-11-10"),
        ("KAI  EXAMPLE", f"{IN}kai", "2026-11-10"),
        ("Kai Example", f"{SITE}sales/lead/ACwAAb1", "2026-11-10"),
        ("Kai Example", f"{SITE}talent/profile/AEMA", "2026-11-11"),
    ]

    actions = books.actions(csv_of(*rows))

    assert actions == ["add", "twice_in_file", "twice_in_file", "add", "add"]


@pytest.mark.parametrize("keys_stored", [True, False])
def test_a_message_is_known_when_its_recipient_is_gone(books: Books, keys_stored: bool) -> None:
    assert books.actions(export(to_kai()), bring=True) == ["add"]
    if not keys_stored:
        books.forget_the_messages_keys()

    assert books.actions(export(to_kai(**GONE))) == ["already_there"]


@pytest.mark.parametrize("keys_stored", [True, False])
def test_a_message_is_known_when_its_recipient_was_gone_and_stays_gone(books: Books, keys_stored: bool) -> None:
    assert books.actions(export(to_kai(**GONE)), bring=True) == ["add"]
    if not keys_stored:
        books.forget_the_messages_keys()

    assert books.actions(export(to_kai(**GONE))) == ["already_there"]


def test_a_message_is_known_when_its_recipient_has_a_new_name_and_link(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)

    changed = to_kai(TO="Kai Specimen", **{"RECIPIENT PROFILE URLS": f"{IN}kai-specimen"})
    assert books.actions(export(changed)) == ["already_there"]


def test_another_message_to_somebody_who_is_gone_is_another_inmail(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)

    later = message("c2", ME, "Mia Sample", "2026-11-10 10:00:00", "Hello") | GONE
    assert books.actions(export(to_kai(**GONE), later), bring=True) == ["already_there", "add"]
    third = message("c3", ME, "Noa Case", "2026-11-10 11:00:00", "Hello") | GONE
    assert books.actions(export(to_kai(**GONE), later, third)) == ["already_there", "already_there", "add"]


def test_two_messages_of_one_day_to_one_person_in_two_exports_are_two_inmails(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)

    again = message("c2", ME, "Kai Muster", "2026-11-10 15:00:00", "Hello again")
    assert books.actions(export(again)) == ["add"]


def test_without_keys_nobody_is_guessed_where_several_come_into_question(books: Books) -> None:
    mia = message("c2", ME, "Mia Sample", "2026-11-10 09:00:00", "Hello")
    assert books.actions(export(to_kai(), mia), bring=True) == ["add", "add"]
    books.forget_the_messages_keys()

    assert books.actions(export(to_kai(**GONE))) == ["add"]
    assert books.actions(export(to_kai(**GONE), mia)) == ["already_there", "already_there"]


def test_what_was_logged_by_hand_is_not_taken_for_the_message_to_somebody_who_is_gone(books: Books) -> None:
    books.log("Kai Muster", None, "2026-11-10 09:00")

    assert books.actions(export(to_kai(**GONE))) == ["add"]


def test_an_erased_person_does_not_come_back(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)
    assert erase_person(books.store, link("Kai Muster"), None, NOW).inmails == 1

    for row in (to_kai(), to_kai(**GONE)):
        assert books.actions(export(row)) == ["already_there"]


def found_of(number: int, name: str, url: str | None, at: datetime, key: str | None = None) -> Found:
    return Found(number, name, url, at, 1, "", message_key=key)


def known_of(found: Found, *, shifted: timedelta = timedelta(0), keyed: bool = True) -> Known:
    return Known(
        id=f"{found.line:08}",
        sent_at=found.sent_at + shifted,
        name=found.name,
        link=found.link,
        outcome="pending",
        source="import",
        taken_back=False,
        name_key=normal_name(found.name),
        message_key=found.message_key if keyed else None,
    )


def edited_from(before: list[Known], *, again: bool = False) -> list[Known]:
    """These InMails edited to another recipient of the next day; with `again`, twice."""
    now = [
        replace(each, sent_at=each.sent_at + timedelta(days=1), name="Mia", link=None, name_key="mia")
        for each in before
    ]
    formers = [replace(each, edited_to=current) for each, current in zip(before, now, strict=True)]
    formers += [replace(each, sent_at=each.sent_at + timedelta(hours=1)) for each in formers] if again else []
    return sorted([*now, *formers], key=lambda each: each.sent_at)


AT_ONCE = timedelta(0)
SHAPES: dict[str, Callable[[int], tuple[str, str | None, timedelta]]] = {
    "many people on one day": lambda number: (f"Kai {number}", f"{IN}kai-{number}", AT_ONCE),
    "many names on one day": lambda number: (f"Kai {number}", None, AT_ONCE),
    "one name, many links, one day": lambda number: ("Kai", f"{IN}kai-{number}", AT_ONCE),
    "one name, many ids, one day": lambda number: ("Kai", f"{SITE}sales/lead/AC{number}", AT_ONCE),
    "one person on one day": lambda _: ("Kai", f"{IN}kai", AT_ONCE),
    "one person, many instants": lambda number: ("Kai", f"{IN}kai", timedelta(seconds=number)),
    "many without a name, one day": lambda _: ("LinkedIn Member", None, AT_ONCE),
    "many without a name, many instants": lambda number: ("LinkedIn Member", None, timedelta(seconds=number)),
    "ids that differ by case": lambda number: (
        "Kai",
        f"{SITE}sales/lead/{''.join('aA'[number >> bit & 1] for bit in range(14))}",
        AT_ONCE,
    ),
}


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_rows_whatever_their_people_and_dates(shape: str, keyed: bool) -> None:
    """Eight times the rows take eight times the lines of Python, not sixty-four times."""
    since = datetime(2026, 11, 10, tzinfo=UTC)

    def inmails_of(count: int, of: str) -> list[Found]:
        made = ((number, *SHAPES[shape](number)) for number in range(count))
        return [
            found_of(number, name, url, since + later, f"{of}{number}" if keyed else None)
            for number, name, url, later in made
        ]

    def lines(count: int) -> int:
        found = inmails_of(count, "here")
        stored: list[list[Known]] = [
            [],
            [known_of(each) for each in found],
            [known_of(each, shifted=timedelta(minutes=1)) for each in inmails_of(count, "there")],
            [known_of(each, shifted=timedelta(minutes=1), keyed=False) for each in found],
            edited_from([known_of(each, keyed=False) for each in found], again=True),
            edited_from([known_of(each, shifted=timedelta(minutes=1)) for each in inmails_of(count, "there")]),
        ]
        return lines_run(lambda: [twice_in_file(found), *(matches(found, known) for known in stored)])

    few, many = lines(250), lines(2_000)
    assert many < 12 * few


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python the work takes: as telling as its time, and the same on a busy machine."""
    count = 0

    def trace(_frame: object, event: str, _argument: object):  # type: ignore[no-untyped-def]
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_the_nearest_that_is_left_is_taken() -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    hours = (-30, -2, -1, 1, 3, 20, 26)
    known = [known_of(found_of(100 + each, "Kai", None, at + timedelta(hours=each))) for each in hours]
    found = [found_of(number, "Kai", None, at) for number in range(7)]

    matched = matches(found, known)

    assert [int((matched[line].sent_at - at) / timedelta(hours=1)) for line in sorted(matched)] == [-1, 1, -2, 3, 20]


def test_what_an_inmail_is_now_comes_before_what_it_was() -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    moved, other = (known_of(found_of(100 + number, "Kai", f"{IN}kai", at)) for number in range(2))
    before = replace(moved, edited_to=moved)
    moved.sent_at = at + timedelta(days=7)
    found = [found_of(number, "Kai", f"{IN}kai", at) for number in range(3)]

    matched = matches(found, sorted([before, other, moved], key=lambda each: each.sent_at))

    assert [matched[line] for line in sorted(matched)] == [other, moved]


def test_what_was_matched_as_it_was_is_not_matched_as_it_is() -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    moved = known_of(found_of(100, "Kai", f"{IN}kai", at), shifted=timedelta(days=7))
    before = replace(moved, sent_at=at, edited_to=moved)
    found = [found_of(0, "Kai", f"{IN}kai", at), found_of(1, "Kai", f"{IN}kai", at + timedelta(days=7, hours=3))]

    assert matches(found, [before, moved]) == {0: moved}


def test_nobody_is_guessed_from_what_inmails_were_where_several_come_into_question() -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    corrected, other = (known_of(found_of(100 + number, f"Kai {number}", None, at)) for number in range(2))
    before = replace(corrected, name="Mia", name_key="mia", edited_to=corrected)
    gone = [found_of(1, "LinkedIn Member", None, at, "key")]

    assert matches(gone, [corrected, other, before]) == {}
    assert matches(gone, [corrected, before, replace(before, name="Noa", name_key="noa")]) == {1: corrected}


def test_a_message_is_known_when_its_inmail_was_edited(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)
    (inmail,) = books.listed()
    books.edit(inmail.id, sent_at=NOW - timedelta(days=2), recipient={"name": "Mia Sample", "profile_url": None})

    for row in (to_kai(), to_kai(**GONE)):
        assert books.actions(export(row)) == ["already_there"]
    # The message's key is that of the InMail as it is now as well: another message of that day is another InMail.
    for at in ("2026-11-10 15:00:00", "2026-11-21 10:00:00"):
        for name in ("Kai Muster", "Mia Sample"):
            assert books.actions(export(message("c2", ME, name, at, "Hello again"))) == ["add"]


def test_an_erased_person_of_an_inmail_that_was_edited_does_not_come_back(books: Books) -> None:
    books.actions(export(to_kai()), bring=True)
    books.forget_the_messages_keys()
    (inmail,) = books.listed()
    books.edit(inmail.id, sent_at=NOW - timedelta(days=2))
    assert erase_person(books.store, link("Kai Muster"), None, NOW).inmails == 1

    assert books.actions(export(to_kai())) == ["already_there"]
