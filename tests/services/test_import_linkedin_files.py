"""LinkedIn's files beside the messages: what they say is believed, what they lack is noted, and none is an InMail."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from inkeeper.errors import Problem
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.wording.reasons import english
from tests.files import HEADING, ME, connections, inmail, link, message, messages, zipped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NINE = [name for name in HEADING[:10] if name != "RECIPIENT PROFILE URLS"]
PROFILE = b"First Name,Last Name,Headline,Summary,Industry\nKai,Example,Maker of samples,,\n"
INVITATIONS = "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl\n"
GOOD = messages(
    message("a", ME, "Sascha Muster", "2026-01-01 08:00:00"),
    message("b", "Toni Modell", ME, "2026-01-02 08:00:00"),
    inmail("Robin Sample", "2026-07-10 09:00:00"),
)


def read(content: bytes, name: str = "given.csv", **wishes: Any) -> Reading:
    return read_file(io.BytesIO(content), name, Named("id", "My seat"), "UTC", Wishes(**wishes), NOW)


def refused(content: bytes, name: str = "given.csv") -> Problem:
    with pytest.raises(Problem) as caught:
        read(content, name)
    return caught.value


# Whose export it is


def few_sent() -> list[dict[str, str]]:
    """The owner begins two conversations, and is written to in three."""
    return [
        inmail("Robin Sample", "2026-07-10 09:00:00"),
        inmail("Mika Placeholder", "2026-07-11 09:00:00"),
        *(message(f"to {name}", name, ME, "2026-07-12 09:00:00") for name in ("Noor", "Sascha", "Toni")),
    ]


def test_an_export_of_nine_columns_with_a_profile() -> None:
    content = messages(*few_sent(), heading=NINE)

    found = read(zipped({"messages.csv": content, "Profile.csv": PROFILE}))

    assert [each.name for each in found.found] == ["Robin Sample", "Mika Placeholder"]
    assert (found.owner, found.begun) == (ME, 2)


def test_without_a_profile_a_sender_and_a_recipient_of_one_name_are_counted_as_one() -> None:
    assert len(read(messages(*few_sent(), heading=NINE)).found) == 2


def busy_other() -> bytes:
    """Somebody takes part in more conversations than the owner."""
    rows = [message(f"c{number}", "Robin Sample", f"P{number}", "2026-07-12 09:00:00") for number in range(5)]
    return messages(*rows, inmail("Robin Sample", "2026-07-10 09:00:00"))


def test_the_profile_counts_for_more_than_any_number_of_conversations() -> None:
    assert read(busy_other()).found == []
    (found,) = read(zipped({"messages.csv": busy_other(), "Profile.csv": PROFILE})).found
    assert found.name == "Robin Sample"


def test_the_invitations_say_whose_export_it_is() -> None:
    invitations = f'{INVITATIONS}{ME},Noor,"7/9/26, 9:00 AM",,OUTGOING,{link(ME)},{link("Noor")}\n'.encode()

    assert len(read(zipped({"messages.csv": busy_other(), "Invitations.csv": invitations})).found) == 1


def test_a_namesake_is_not_the_owner() -> None:
    namesake = {"FROM": ME, "SENDER PROFILE URL": link("Other Kai"), "TO": ME, "RECIPIENT PROFILE URLS": link(ME)}
    rows = [*few_sent(), message("n", "x", "y", "2026-07-13 09:00:00", "A question") | namesake]

    found = read(zipped({"messages.csv": messages(*rows), "Profile.csv": PROFILE}))

    assert [each.name for each in found.found] == ["Robin Sample", "Mika Placeholder"]


def test_a_profile_of_a_name_that_nobody_has_leaves_it_to_counting() -> None:
    profile = PROFILE.replace(b"Kai,Example", b"Somebody,Else")

    assert len(read(zipped({"messages.csv": GOOD, "Profile.csv": profile})).found) == 1


# Files beside the messages


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'Notes:\n"Some addresses are missing."\n\n',
        b"\x89PNG\r\n\0",
        b"First Name,Last Name,Email Address,Company,Position,Connected On\nRobin,Sample,,,,9 Jul 2026\n",
        b'First Name,Last Name,URL,Connected On\n"never closed',
        b"x" * (2 * 1024 * 1024),
    ],
)
def test_connections_that_cannot_be_read_become_a_note(content: bytes) -> None:
    found = read(zipped({"messages.csv": GOOD, "Connections.csv": content}))

    assert [each.cost for each in found.found] == [1]
    (note,) = found.notes
    assert (note.code, note.arguments["file"]) == ("helper_unreadable", "Connections.csv")
    assert english(note.said).startswith("Connections.csv could not be read, so it is not known who is 1st degree")


def test_connections_in_latin_1_are_read() -> None:
    content = connections(("Zoë Muster", "1 Jan 2020"), ("Robin Sample", "9 Jul 2026")).decode().encode("latin-1")

    found = read(zipped({"messages.csv": GOOD, "Connections.csv": content}))

    assert [each.cost for each in found.found] == [0]
    assert [note.code for note in found.notes] == ["encoding_guessed"]


@pytest.mark.parametrize("name", ["Profile.csv", "Invitations.csv"])
def test_other_files_that_cannot_be_read_become_a_note(name: str) -> None:
    found = read(zipped({"messages.csv": GOOD, name: b"\0"}))

    assert len(found.found) == 1
    assert [(note.code, note.arguments["file"]) for note in found.notes] == [("helper_unreadable", name)]


def test_files_of_a_zip_that_cannot_be_unpacked_become_a_note() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("messages.csv", GOOD)
        archive.writestr("Connections.csv", connections(("Robin Sample", "9 Jul 2026")), zipfile.ZIP_LZMA)
        archive.writestr("a/Profile.csv", PROFILE)
        archive.writestr("b/Profile.csv", PROFILE)
        archive.writestr("videos/long.mp4", b"\0" * (64 * 1024 * 1024))

    found = read(content.getvalue())

    assert len(found.found) == 1
    assert [note.arguments["file"] for note in found.notes] == ["Connections.csv", "Profile.csv"]


# LinkedIn's other files


OTHERS = {
    "Invitations.csv": INVITATIONS + 'Kai,Mia,"7/9/26, 9:00 AM",,OUTGOING,,\nKai,Noa,"7/9/26, 9:00 AM",,OUTGOING,,\n',
    "Connections.csv": connections(("Robin Sample", "9 Jul 2026")).decode(),
    "Reactions_123.csv": "Date,Type,Link\n2026-07-10 09:00:00,LIKE,https://www.linkedin.com/feed\n",
    "Comments.csv": "Date,Link,Message\n2026-07-10 09:00:00,https://www.linkedin.com/feed,Yes\n",
    "Shares.csv": "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n",
    "Votes.csv": "Date,Link,OptionText\n",
    "Profile.csv": PROFILE.decode(),
    "Positions.csv": "Company Name,Title,Description,Location,Started On,Finished On\n",
    "Skills.csv": "Name\nRust\n",
    "Skills (1).csv": "Name\nRust\n",
    "Endorsement_Received_Info.csv": "Endorsement Date,Skill Name,Endorser First Name,Endorser Last Name\n",
    "Recommendations_Given.csv": "First Name,Last Name,Company,Job Title,Text,Creation Date,Status\n",
    "Rich_Media.csv": "Date/Time,Media Description,Media Link\n",
    "Ad_Targeting.csv": "Member Age,Company Names,Company Names,Job Titles,Job Titles\n",
    "Registration.csv": "Registered At,Registration Ip,Subscription Types\n",
    "Email Addresses.csv": "Email Address,Confirmed,Primary,Updated On\n",
    "PhoneNumbers.csv": "Extension,Number,Type\n",
    "Learning.csv": "Content Title,Content Description,Content Type,Content Saved,\n",
    "SearchQueries.csv": "Time,Search Query\n",
    "guide_messages.csv": ",".join(HEADING) + "\n",
    "learning_role_play_messages.csv": ",".join(HEADING) + "\n",
    "LearningCoachMessages.csv": "No conversations found\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_of_linkedin_is_named_with_the_one_to_take(name: str) -> None:
    problem = refused(OTHERS[name].encode(), name)

    assert problem.code == "other_linkedin_file"
    assert problem.extra["take"] == "messages.csv"
    assert "holds no InMails. Take messages.csv" in problem.detail


@pytest.mark.parametrize("name", [name for name in OTHERS if OTHERS[name].split("\n")[0].count(",") > 1])
def test_such_a_file_is_known_by_its_heading_too(name: str) -> None:
    if name not in ("guide_messages.csv", "learning_role_play_messages.csv"):
        assert refused(OTHERS[name].encode(), "renamed.csv").code == "other_linkedin_file"


def test_an_export_without_messages_says_what_it_holds() -> None:
    problem = refused(zipped({f"Basic/{name}": text.encode() for name, text in OTHERS.items()}), "export.zip")

    assert problem.code == "no_messages"
    assert problem.detail.startswith("export.zip is an export of LinkedIn without messages.csv: it holds Invitations")


@pytest.mark.parametrize(
    "heading",
    ["Name,Date,Link,Message", "Name,Date,Type,Link", "Name,Date", "To,Sent At,Message", "Name,Proficiency,Date"],
)
def test_a_table_of_ones_own_is_not_taken_for_one_of_them(heading: str) -> None:
    row = ",".join(
        {"Date": "2026-07-10", "Sent At": "2026-07-10", "Name": "Kai", "To": "Kai"}.get(name, "")
        for name in heading.split(",")
    )

    assert len(read(f"{heading}\n{row}\n".encode()).found) == 1


def test_whoever_says_what_the_columns_hold_is_believed() -> None:
    found = read(OTHERS["Invitations.csv"].encode(), columns={"name": "To", "sent_at": "Sent At"}, dates="mdy")

    assert len(found.found) == 2


# Earlier years

EARLIER = """From,To,Date,Subject,Content,Direction,Folder
Kai Example,Robin Sample,"9/1/16, 10:00 AM",Your talk,Hello,OUTGOING,SENT
Robin Sample,Kai Example,"9/3/16, 3:04 PM",RE: Your talk,Gladly,INCOMING,INBOX
Mia Sample,Kai Example,"9/4/16, 10:00 AM",A question,Hello,INCOMING,INBOX
Kai Example,Mia Sample,"9/5/16, 10:00 AM",RE: A question,Yes,OUTGOING,SENT
Toni Modell,Kai Example,"9/6/16, 10:00 AM",,Hi,INCOMING,INBOX
Kai Example,Noor Dummy,"9/7/16, 10:00 AM",,Hi,OUTGOING,SENT
"""


def test_messages_of_earlier_years_are_read() -> None:
    found = read(EARLIER.encode(), "Messages.csv")

    (one,) = found.found
    assert (one.name, one.subject, one.outcome) == ("Robin Sample", "Your talk", "replied")
    assert one.sent_at == datetime(2016, 9, 1, 10, tzinfo=UTC)
    assert one.outcome_at == datetime(2016, 9, 3, 15, 4, tzinfo=UTC)
    assert [note.code for note in found.notes] == ["no_conversation_ids"]
    assert (found.owner, found.begun) == ("Kai Example", 2)


def test_messages_of_earlier_years_that_were_only_received() -> None:
    heading, *rows = EARLIER.splitlines()

    found = read("\n".join([heading, *(row for row in rows if "INCOMING" in row and "RE:" not in row)]).encode())

    assert (found.found, found.owner, found.begun) == ([], "Kai Example", 0)


def test_messages_of_earlier_years_in_a_zip_and_without_a_direction() -> None:
    heading, *rows = EARLIER.splitlines()
    text = "\n".join(
        [heading.replace("Direction,", ""), *(row.replace("OUTGOING,", "").replace("INCOMING,", "") for row in rows)]
    )

    assert len(read(zipped({"Messages.csv": text.encode(), "Profile.csv": PROFILE})).found) == 1
