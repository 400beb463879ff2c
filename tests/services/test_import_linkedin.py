"""Which messages of LinkedIn's export are taken for InMails and answers, in whatever order its rows come."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.errors import Problem
from inkeeper.reasons import reason
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Found, Reading, Wishes
from tests.files import ME, connections, inmail, link, message, messages, zipped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# So that it is clear whose export it is, whatever else is in it.
OTHERS = (
    message("a", ME, "Sascha Muster", "2026-01-01 08:00:00"),
    message("b", "Toni Modell", ME, "2026-01-02 08:00:00"),
)


def read(*rows: dict[str, str], **wishes: Any) -> Reading:
    return read_content(messages(*OTHERS, *rows), **wishes)


def read_content(content: bytes, zone: str = "UTC", **wishes: Any) -> Reading:
    return read_file(io.BytesIO(content), "messages.csv", Named("id", "My seat"), zone, Wishes(**wishes), NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_first_message_with_a_subject_is_an_inmail_and_the_first_reply_its_answer() -> None:
    found = read(
        message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "Your talk"),
        message("c", ME, "Robin Sample", "2026-07-12 09:00:00", "Once more"),
        message("c", "Robin Sample", ME, "2026-07-13 10:30:00"),
        message("c", "Robin Sample", ME, "2026-07-14 10:30:00"),
    )

    (one,) = found.found
    assert one == Found(
        message_key=one.message_key,
        line=6,
        name="Robin Sample",
        link=link("Robin Sample"),
        sent_at=at("2026-07-10 09:00:00"),
        cost=1,
        why=reason("import.first_message"),
        subject="Your talk",
        outcome="replied",
        outcome_at=at("2026-07-13 10:30:00"),
        answer_line=10,
    )
    assert found.rows.ranges() == {"message": "2-4, 8, 12", "inmail": "6", "answer": "10"}


@pytest.mark.parametrize(
    "rows",
    [
        [message("c", ME, "Robin Sample", "2026-07-10 09:00:00")],
        [message("c", "Robin Sample", ME, "2026-07-10 09:00:00", "An InMail to me")],
        [
            message("c", "Robin Sample", ME, "2026-07-10 09:00:00"),
            message("c", ME, "Robin Sample", "2026-07-11 09:00:00", "Later, with a subject"),
        ],
        [message("c", ME, "Robin Sample; Mika Placeholder", "2026-07-10 09:00:00", "To two at once")],
        [message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "Never sent", draft=True)],
        [message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "x", **{"IS CONVERSATION DRAFT": "Yes"})],
        [message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "   ")],
    ],
)
def test_what_is_no_inmail(rows: list[dict[str, str]]) -> None:
    found = read(*rows)

    assert found.found == []
    assert found.problems == []


def test_a_draft_does_not_begin_a_conversation() -> None:
    (found,) = read(
        message("c", "Robin Sample", ME, "2026-07-09 09:00:00", draft=True),
        message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "Your talk"),
    ).found

    assert found.outcome == "pending"


def test_of_two_in_the_same_second_the_one_with_a_subject_comes_first() -> None:
    rows = [
        message("c", "Robin Sample", ME, "2026-07-10 09:00:00"),
        message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "Your talk"),
    ]

    for order in (rows, rows[::-1]):
        (found,) = read(*order).found
        assert (found.subject, found.outcome) == ("Your talk", "replied")


@pytest.mark.parametrize(("day", "cost"), [("9 Jul 2026", 0), ("10 Jul 2026", 1), ("11 Jul 2026", 1)])
def test_a_message_to_somebody_who_was_1st_degree_cost_nothing(day: str, cost: int) -> None:
    content = zipped(
        {
            "messages.csv": messages(*OTHERS, inmail("Robin Sample", "2026-07-10 09:00:00")),
            "Connections.csv": connections(("Mika Placeholder", "1 Jan 2020"), ("Robin Sample", day)),
        }
    )

    assert [found.cost for found in read_content(content).found] == [cost]


def test_a_connection_whose_day_cannot_be_read_proves_nothing() -> None:
    content = zipped(
        {
            "messages.csv": messages(*OTHERS, inmail("Robin Sample", "2026-07-10 09:00:00")),
            "Connections.csv": connections(("Robin Sample", "anno dazumal")),
        }
    )

    assert [found.cost for found in read_content(content).found] == [1]


def test_a_person_without_a_profile_is_known_by_name() -> None:
    row = inmail("Robin Sample", "2026-07-10 09:00:00") | {"RECIPIENT PROFILE URLS": ""}
    gone = inmail("Robin Sample", "2026-07-11 09:00:00") | {"RECIPIENT PROFILE URLS": "", "TO": ""}

    found = read(row, gone).found

    assert [(each.name, each.link) for each in found] == [("Robin Sample", None), ("LinkedIn Member", None)]


def test_names_and_subjects_are_stored_as_they_can_be_shown() -> None:
    (found,) = read(
        inmail(" Robin\u2028Sample\x1b[0m ", "2026-07-10 09:00:00", "two\r\nlines " + "x" * 300)
        | {"RECIPIENT PROFILE URLS": f"{link('Robin Sample')}/?trk=1"}
    ).found

    assert found.name == "Robin Sample [0m"
    assert found.link == link("Robin Sample")
    assert found.subject is not None
    assert found.subject.startswith("two lines xxx")
    assert (len(found.subject), found.subject[-1]) == (200, "…")


def test_whose_export_it_is_stands_in_the_profile() -> None:
    content = messages(inmail("Robin Sample", "2026-07-10 09:00:00"))
    profile = b"First Name,Last Name,Headline\nKai,Example,Maker of samples\n"

    with pytest.raises(Problem, match="whose_export"):
        read_content(content)
    with pytest.raises(Problem, match="whose_export"):
        read_content(zipped({"messages.csv": content}))
    assert len(read_content(zipped({"messages.csv": content, "Profile.csv": profile})).found) == 1


def test_an_export_without_links_is_told_by_names() -> None:
    heading = "CONVERSATION ID,FROM,TO,DATE,SUBJECT".split(",")

    content = messages(*OTHERS, inmail("Sample, Robin", "2026-07-10 09:00:00"), heading=heading)

    assert [(found.name, found.link) for found in read_content(content).found] == [("Sample, Robin", None)]


PEOPLE = ("Robin Sample", "Mika Placeholder", "Sascha Muster")
MINUTES = st.integers(0, 59).map(lambda minute: f"2026-07-10 09:{minute:02}:00")


@st.composite
def mailboxes(draw: st.DrawFn) -> list[dict[str, str]]:
    """Conversations of a few messages each, some with subjects, no two at the same minute of one conversation."""
    rows = []
    for number, other in enumerate(draw(st.lists(st.sampled_from(PEOPLE), max_size=5))):
        for date in draw(st.lists(MINUTES, min_size=1, max_size=5, unique=True)):
            pair = (ME, other) if draw(st.booleans()) else (other, ME)
            rows.append(message(f"c{number}", *pair, date, draw(st.sampled_from(["", "Your talk"]))))
    return rows


def without_lines(found: Sequence[Found]) -> list[Found]:
    return sorted(each._replace(line=0, answer_line=0) for each in found)


@given(mailboxes(), st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, str]], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)

    first, second = read(*rows), read(*shuffled)

    assert without_lines(first.found) == without_lines(second.found)
    kinds = [
        {kind: reading.rows.count(kind) for kind in ("inmail", "answer", "message")} for reading in (first, second)
    ]
    assert kinds[0] == kinds[1]


@given(mailboxes())
def test_what_is_found_is_what_a_person_would_find(rows: list[dict[str, str]]) -> None:
    expected = []
    for conversation in {row["CONVERSATION ID"] for row in rows}:
        of_it = sorted((row for row in rows if row["CONVERSATION ID"] == conversation), key=lambda row: row["DATE"])
        first, *later = of_it
        if first["FROM"] == ME and first["SUBJECT"]:
            answers = [row["DATE"][:19] for row in later if row["FROM"] != ME]
            expected.append((first["TO"], first["DATE"][:19], answers[0] if answers else None))

    found = read(*rows).found

    assert sorted(expected, key=str) == sorted(
        (
            (each.name, f"{each.sent_at:%Y-%m-%d %H:%M:%S}", each.outcome_at and f"{each.outcome_at:%Y-%m-%d %H:%M:%S}")
            for each in found
        ),
        key=str,
    )


OTHER_SPELLINGS = (
    {"SENDER PROFILE URL": "https://de.linkedin.com/mwlite/in/KAI-example/?trk=1"},
    {"SENDER PROFILE URL": "linkedin.com/in/kai%2Dexample/en"},
)


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
def test_the_owner_is_one_person_whatever_the_spelling_of_the_link(spelling: dict[str, str]) -> None:
    (found,) = read(
        message("c", ME, "Robin Sample", "2026-07-10 09:00:00", "Your talk"),
        message("c", ME, "Robin Sample", "2026-07-11 09:00:00") | spelling,
    ).found
    assert found.outcome == "pending", "the second message is from the owner, too"

    rows = [message(str(day), ME, "Robin Sample", f"2026-07-{day} 09:00:00", "Hello") | spelling for day in (10, 11)]
    assert len(read(*rows).found) == 2


@pytest.mark.parametrize("me", ["kai  EXAMPLE", "Kai\u00a0Example", "m.linkedin.com/in/Kai-Example?x"])
def test_who_one_is_may_be_said_in_any_spelling(me: str) -> None:
    row = inmail("Robin Sample", "2026-07-10 09:00:00")
    nameless = {"SENDER PROFILE URL": ""} if "linkedin" not in me else {}
    content = messages(row | nameless)
    assert [found.name for found in read_content(content, me=me).found] == ["Robin Sample"]


def test_the_people_to_choose_from_are_shown_as_the_file_writes_them() -> None:
    row = inmail("Robin Sample", "2026-07-10 09:00:00")
    content = messages(row | {"SENDER PROFILE URL": "", "RECIPIENT PROFILE URLS": ""})
    with pytest.raises(Problem) as caught:
        read_content(content)
    assert caught.value.extra["people"] == ["Kai Example", "Robin Sample"]


def test_names_are_one_in_any_spelling_where_there_are_no_links() -> None:
    without = {"SENDER PROFILE URL": "", "RECIPIENT PROFILE URLS": ""}
    rows = [
        message("c", "Élodie Muster", "Robin Sample", "2026-07-10 09:00:00", "Hello") | without,
        message("c", "E\u0301lodie\u00a0Muster", "Robin Sample", "2026-07-11 09:00:00") | without,
        message("d", "Mika Sample", "ÉLODIE  MUSTER", "2026-07-11 09:00:00") | without,
    ]
    (found,) = read_content(messages(*rows)).found
    assert (found.name, found.outcome) == ("Robin Sample", "pending")
