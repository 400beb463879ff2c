"""Settings: files imported and taken back, a person erased."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from inkeeper.services.takeout import backups
from inkeeper.storage.database import Store
from tests.conftest import Clock, Device
from tests.seat import Seat
from tests.web.conftest import HTMX, WebPage, values_of, words

ME, ROBIN = "https://www.linkedin.com/in/kai-example", "https://www.linkedin.com/in/robin-sample"
HEADING = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"
)
ROWS = [
    f"1,,Kai Example,{ME},Robin Sample,{ROBIN},2026-11-14 10:00:00 UTC,Hello,Secret words,INBOX",
    f"1,,Robin Sample,{ROBIN},Kai Example,{ME},2026-11-15 10:00:00 UTC,,Thank you,INBOX",
    f"2,,Kai Example,{ME},Mika Placeholder,https://www.linkedin.com/in/mika,2026-11-16 10:00:00 UTC,Hi,Text,INBOX",
    f"3,,Kai Example,{ME},Noor Dummy,https://www.linkedin.com/in/noor,2026-11-17 10:00:00 UTC,,A chat,INBOX",
]


def linkedin_zip(rows: list[str] = ROWS) -> bytes:
    """LinkedIn's export: an InMail that was answered, one that was not, and a chat."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # A ZipInfo has a fixed date: the same rows are the same file.
        archive.writestr(zipfile.ZipInfo("messages.csv"), "\n".join([HEADING, *rows]))
    return file.getvalue()


class Data:
    """The page Data of an account."""

    def __init__(self, page: WebPage, seat: Seat) -> None:
        self.page = page
        self.seat = seat
        self.path = f"/accounts/{seat.account['id']}/settings"

    def send(self, content: bytes | None, name: str = "export.zip", **fields: Any) -> Any:
        data = {"key": secrets.token_urlsafe(16), **fields}
        if content is not None:
            data["file"] = (io.BytesIO(content), name)
        return self.page.client.post(f"{self.path}/import", data=data, headers=self.page.headers | HTMX)

    def store(self, content: bytes, name: str = "export.zip", **fields: Any) -> Any:
        """Previews the file, then imports what was shown."""
        return self.send(content, name, confirm=confirm_of(self.send(content, name, **fields)), **fields)

    def names(self) -> list[str]:
        found = self.seat.call.get(f"{self.seat.path}/inmails?limit=200")["items"]
        return sorted(one["recipient"]["name"] for one in found if not one["retracted_at"])


def confirm_of(answer: Any) -> str:
    found = re.search(r'name="confirm" value="([^"]+)"', answer.get_data(as_text=True))
    assert found, words(answer)
    return found[1]


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    return open_account(plan="sales_navigator")


@pytest.fixture
def data(page: WebPage, seat: Seat) -> Data:
    return Data(page, seat)


def test_linkedins_export_is_previewed_imported_and_undone(data: Data, seat: Seat, page: WebPage) -> None:
    shown = data.send(linkedin_zip())

    text = words(shown)
    assert "In messages.csv 2 InMails and 1 result would be added. You have 25 credits now, and would have 23 ." in text
    assert "1 row left out: other messages" in text
    assert "Sat 14 Nov Robin Sample Hello new, replied" in text
    assert "Mon 16 Nov Mika Placeholder Hi new" in text
    assert "Import 2 InMails" in text
    assert "Secret words" not in text
    assert data.names() == []

    done = data.send(linkedin_zip(), confirm=confirm_of(shown))
    assert "Imported 2 InMails. You have 23 credits." in words(done)
    assert (done.headers["HX-Retarget"], done.headers["HX-Reswap"]) == ("#cards", "outerHTML")
    assert data.names() == ["Mika Placeholder", "Robin Sample"]
    assert "LinkedIn's export today, 09:00 · 2 InMails, 1 result" in page.text("/settings/data")

    again = data.send(linkedin_zip())
    assert "Nothing to import: " in words(again)
    assert 'name="confirm"' not in again.get_data(as_text=True)

    (batch,) = seat.call.get(f"{seat.path}/imports")["items"]
    assert "Import undone. You have 25 credits." in page.done(f"{data.path}/imports/{batch['id']}/undo")
    assert data.names() == []
    assert "Undone" in page.text("/settings/data")


def test_the_same_file_sent_twice_is_imported_once(data: Data) -> None:
    confirm = confirm_of(data.send(linkedin_zip()))
    first, second = (data.send(linkedin_zip(), confirm=confirm, key="k" * 20) for _ in range(2))

    assert "Imported 2 InMails." in words(first)
    assert "Imported 2 InMails." in words(second)
    assert len(data.names()) == 2


def test_another_file_than_was_previewed(data: Data) -> None:
    confirm = confirm_of(data.send(linkedin_zip()))

    answer = data.send(linkedin_zip(ROWS[:3]), confirm=confirm)

    assert answer.status_code == 422
    assert "Something changed since you looked." in words(answer)
    assert data.names() == []


def test_what_was_said_of_one_file_is_not_said_of_another(data: Data) -> None:
    said = {"column-name": "Wer", "column-sent_at": "Wann", "left": "2"}
    first = data.send(b"Wer;Wann\nRobin Sample;2026-11-14\n", "list.csv", **said)
    (of,) = values_of(first, "of")

    second = data.send(linkedin_zip(), of=of, confirm="of-another-file", **said)

    assert "2 InMails and 1 result would be added." in words(second)
    assert values_of(second, "of") != [of]
    assert data.names() == []
    same = data.send(b"Wer;Wann\nRobin Sample;2026-11-14\n", "list.csv", of=of, **said)
    assert "1 left out by you" in words(same)


def test_one_of_them_is_left_out(data: Data) -> None:
    shown = data.send(linkedin_zip(), left="4")
    assert "1 InMail and 1 result would be added." in words(shown)
    assert "1 InMail left out by you" in words(shown)

    data.store(linkedin_zip(), left="4")

    assert data.names() == ["Robin Sample"]


def test_any_csv_asks_for_its_columns(data: Data) -> None:
    content = b"Wer;Wann\nRobin Sample;2026-11-14\nMika Placeholder;07/11/2026\nNoor Dummy;soon\n"
    asked = data.send(content, "list.csv")
    assert asked.status_code == 422
    assert "Which column holds what? The name and the day are needed." in words(asked)
    assert "— Wer Wann" in words(asked)

    columns = {"column-name": "Wer", "column-sent_at": "Wann"}
    shown = data.send(content, "list.csv", **columns)
    assert "2 rows can't be read Line 3 " in words(shown)
    assert "Line 4 " in words(shown)
    assert 'name="confirm"' not in shown.get_data(as_text=True)
    with_order = data.send(content, "list.csv", dates="dmy", skip_rows="1", **columns)
    assert "2 InMails would be added." in words(with_order)
    assert "<option selected>Wer</option>" in with_order.get_data(as_text=True)

    data.store(content, "list.csv", dates="dmy", skip_rows="1", **columns)

    assert data.names() == ["Mika Placeholder", "Robin Sample"]


def test_a_name_made_up_of_two_columns(data: Data) -> None:
    content = b"First Name,Last Name,Date sent\nRobin,Sample,2026-11-14\n"
    asked = data.send(content, "list.csv")
    assert "First Name+Last Name" in words(asked)

    data.store(content, "list.csv", **{"column-name": "First Name+Last Name"})

    assert data.names() == ["Robin Sample"]


def test_whose_export_it_is(data: Data) -> None:
    rows = [
        ROWS[0].replace("Kai Example", "Kai Example"),
        "9,,Noor Dummy,,Mika Placeholder,,2026-11-01 10:00:00 UTC,Hi,,",
    ]
    asked = data.send(linkedin_zip(rows))
    assert asked.status_code == 422
    assert "Whose export is this? It doesn't say." in words(asked)

    shown = data.send(linkedin_zip(rows), me=ME)

    assert "1 InMail would be added." in words(shown)
    assert values_of(shown, "me") == [ME]


def test_more_than_the_credits(data: Data, open_account: Callable[..., Seat], page: WebPage) -> None:
    small = Data(page, open_account(plan="premium_career"))
    content = b"name,sent_at\n" + b"".join(b"Person %d,2026-11-%d\n" % (day, day) for day in range(10, 17))
    shown = small.send(content, "list.csv")
    assert "For 2 InMails there was no credit left" in words(shown)
    assert 'name="confirm"' not in shown.get_data(as_text=True)

    done = small.store(content, "list.csv", accept_discrepancy="1")

    assert "Imported 7 InMails. You have 0 credits." in words(done)


def test_a_single_credit_left_is_no_plural(open_account: Callable[..., Seat], page: WebPage) -> None:
    small = open_account(plan="premium_career")
    data = Data(page, small)
    content = b"name,sent_at\n" + b"".join(b"Person %d,2026-11-%d\n" % (day, day) for day in range(10, 14))

    assert "Imported 4 InMails. You have 1 credit." in words(data.store(content, "list.csv"))

    again = data.store(b"name,sent_at\nRobin Sample,2026-11-15\n", "list.csv")
    assert "Imported 1 InMail. You have 0 credits." in words(again)
    newest, _ = small.call.get(f"{small.path}/imports")["items"]
    assert "Import undone. You have 1 credit." in page.done(f"{data.path}/imports/{newest['id']}/undo")


def test_from_before_the_set_up(data: Data, page: WebPage) -> None:
    content = b"name,sent_at\nRobin Sample,2026-09-14\n"
    shown = data.send(content, "list.csv")
    assert "Nothing to import: 1 from before you set up Inkeeper." in words(shown)
    assert "Include InMails from before you set up Inkeeper" in words(shown)

    assert "Imported 1 InMail." in words(data.store(content, "list.csv", open_earlier="1"))


def test_inkeepers_own_export_asks_for_the_account(data: Data) -> None:
    file = io.BytesIO()
    heading = "account_id,sent_at,cost,recipient,profile_url,subject,purpose,note,outcome,outcome_at,retracted_at"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("accounts.csv", "id,name\na1,First\na2,Second\n")
        archive.writestr("inmails.csv", f"{heading}\na2,2026-11-14T10:00:00Z,1,Robin Sample,,,,,pending,,\n")
    asked = data.send(file.getvalue())
    assert "Which account of the export do you want?" in words(asked)
    assert "First Second" in words(asked)

    data.store(file.getvalue(), from_account="a2")

    assert data.names() == ["Robin Sample"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (None, "", "Choose a file."),
        (b"", "empty.csv", "This file can't be read."),
        (b"PK\x03\x04 and then nothing", "broken.zip", "This file can't be read."),
        (b'name,sent_at\n"Robin,2026-11-14\n', "open.csv", "It ends at open.csv, line 2."),
    ],
)
def test_what_cannot_be_read(data: Data, content: bytes | None, name: str, says: str) -> None:
    answer = data.send(content, name)

    assert answer.status_code == 422
    assert says in words(answer)
    assert data.names() == []


def test_more_rows_are_shown_on_demand(data: Data) -> None:
    content = b"name,sent_at,cost\n" + b"".join(b"Person %03d,2026-11-10,0\n" % number for number in range(120))
    shown = data.send(content, "list.csv")
    assert words(shown).count("new, free") == 50
    assert 'name="rows" value="500"' in shown.get_data(as_text=True)

    more = data.send(content, "list.csv", rows="500", left="101")

    assert words(more).count("new, free") == 119
    assert 'name="rows"' not in more.get_data(as_text=True)
    # One that is left out stays so where its row is not shown.
    assert values_of(data.send(content, "list.csv", left="101"), "left").count("101") == 1


def test_hostile_names_in_files_stay_text(data: Data) -> None:
    hostile = "<script>alert(1)</script>"
    answer = data.send(f'name,sent_at\n"{hostile}",2026-11-10\n'.encode(), f"{hostile}.csv").get_data(as_text=True)

    assert "<script>" not in answer
    assert answer.count("&lt;script&gt;") == 3


def test_a_form_that_is_not_as_rendered(data: Data) -> None:
    assert data.send(linkedin_zip(), dates="sideways").status_code == 422
    assert data.send(linkedin_zip(), left="../../etc").status_code == 200
    assert data.send(linkedin_zip(), left="99").status_code == 422


# ---- erasing ----


@pytest.fixture
def alone(page: WebPage, seat: Seat) -> Seat:
    """Two InMails to a person with a link, one without, on a server with one owner."""
    seat.log("Robin Sample", link=ROBIN, subject="Hello")
    seat.log("Robin Sample", link=ROBIN + "/", note="met at a fair")
    seat.log("robin sample")
    seat.log("Mika Placeholder")
    return seat


def test_a_person_is_erased_after_a_preview(data: Data, alone: Seat, page: WebPage) -> None:
    shown = page.send("/settings/erase/preview", person=ROBIN, here=alone.account["id"])
    assert "2 InMails went to this person. 1 InMail more went to the same name without this link." in words(shown)
    assert data.names().count("Robin Sample") == 2

    fields = {"person": ROBIN, "name": "Robin Sample"}
    shown = page.send("/settings/erase/preview", **fields)
    assert "3 InMails went to this person." in words(shown)
    balance = alone.balance()

    done = page.send("/settings/erase", version=values_of(shown, "version")[-1], **fields)

    assert "Erased from 3 InMails." in words(done)
    assert data.names() == ["(erased)", "(erased)", "(erased)", "Mika Placeholder"]
    assert alone.balance() == balance


def test_a_person_on_the_list_is_erased_with_their_other_links(data: Data, alone: Seat, page: WebPage) -> None:
    lead = "https://www.linkedin.com/sales/lead/ACwAAR0bin"
    person = {"name": "Robin Sample", "profile_url": ROBIN}
    alone.call.post("/targets", {"person": person})
    alone.call.post("/people", person | {"profile_url": lead}, expect=200)
    alone.log("R. Sample", link=lead)

    shown = page.send("/settings/erase/preview", person=ROBIN)
    assert "3 InMails went to this person. They're on your list of people, and would be removed from it." in words(
        shown
    )
    assert "1 InMail more went to the same name without this link." in words(shown)

    done = page.send("/settings/erase", person=ROBIN, version=values_of(shown, "version")[-1])

    assert "Erased from 3 InMails and your list of people." in words(done)
    assert data.names() == ["(erased)", "(erased)", "(erased)", "Mika Placeholder", "robin sample"]
    assert alone.call.get("/people")["items"] == []


def test_somebody_of_the_same_name_on_the_list_is_told_of(alone: Seat, page: WebPage) -> None:
    alone.call.post("/people", {"name": "Robin Sample", "profile_url": "https://www.linkedin.com/in/another-robin"})

    shown = page.send("/settings/erase/preview", person=ROBIN)

    assert "Somebody else of the same name is on your list of people." in words(shown)


def test_only_what_was_previewed_is_erased(data: Data, alone: Seat, page: WebPage, clock: Clock) -> None:
    shown = page.send("/settings/erase/preview", person=ROBIN)
    alone.log("Robin Sample", link=ROBIN)

    answer = page.send("/settings/erase", person=ROBIN, version=values_of(shown, "version")[-1])

    assert answer.status_code == 409
    assert "Something changed in the meantime." in words(answer)
    assert "(erased)" not in data.names()


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ("", "Enter a link to a LinkedIn profile."),
        ("Robin Sample", "That link doesn't lead to a person on LinkedIn."),
        ("https://www.linkedin.com/company/example", "That link doesn't lead to a person on LinkedIn."),
    ],
)
def test_whom_nobody_can_erase(page: WebPage, alone: Seat, person: str, says: str) -> None:
    for place in ("/settings/erase/preview", "/settings/erase"):
        answer = page.send(place, person=person)
        assert answer.status_code == 422
        assert says in words(answer)


def test_where_others_use_the_server_too_nobody_erases_for_them(
    sign_in: Callable[..., WebPage], data: Data, alone: Seat, page: WebPage
) -> None:
    stranger = sign_in("Somebody Else")
    stranger.send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")

    theirs = stranger.send("/settings/erase/preview", person=ROBIN)
    assert "No InMail went to this person." in words(theirs)
    ours = page.send("/settings/erase/preview", person=ROBIN, name="Robin; rm -rf ~")
    assert f"inkeeper erase --person {ROBIN} --name 'Robin; rm -rf ~'" in words(ours)
    assert "Erase this person" not in words(ours)
    version = values_of(page.send("/settings/erase/preview", person=ROBIN), "version")

    from inkeeper.web.forms import version_of

    answer = page.send("/settings/erase", person=ROBIN, version=version_of([2, 1, False, 0, 0]))
    assert version == []
    assert answer.status_code == 409
    assert "(erased)" not in data.names()


def test_owners_see_nothing_of_each_other(
    sign_in: Callable[..., WebPage], data: Data, seat: Seat, client: FlaskClient
) -> None:
    data.store(linkedin_zip())
    stranger = sign_in("Somebody Else")

    theirs = stranger.get(f"/settings/data?account={seat.account['id']}")
    assert (theirs.status_code, theirs.data) == (404, stranger.get("/settings/data?account=missing").data)
    assert Data(stranger, seat).send(linkedin_zip()).status_code == 404


def test_weekly_backups_are_shown_and_can_be_turned_off(page: WebPage, seat: Seat, store: Store, clock: Clock) -> None:
    assert "once a week and keeps the last four. There is none yet." in page.text("/settings/data")
    made = backups.make_if_due(store, clock())

    shown = page.text("/settings/data")

    assert "once a week and keeps the last four. Last one:" in shown
    assert f".venv/bin/inkeeper restore {made}" in shown
    assert "Weekly backups are off. Last one:" in page.done("/settings/backups", on=0)
    assert backups.make_if_due(store, clock() + timedelta(days=30)) is None
    assert "once a week and keeps the last four." in page.done("/settings/backups", on=1)
    assert backups.make_if_due(store, clock() + timedelta(days=30))


def test_with_a_second_person_backups_are_nobodys_switch(
    page: WebPage, seat: Seat, store: Store, pair: Callable[..., Device]
) -> None:
    pair("somebody else")

    assert "once a week" not in page.text("/settings/data")
    assert page.send("/settings/backups", on=0).status_code == 409
    assert backups.backups_of(store).are_on
