"""The settings' sections for files and calendars: import in two steps, take back, a calendar's private address."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.wait import until

SETTINGS = "welcome/welcome.html"
OPENED = datetime.now(UTC) - timedelta(days=40)
ME, ROBIN = "https://www.linkedin.com/in/kai-example", "https://www.linkedin.com/in/robin-sample"
HEADING = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"
)


@pytest.fixture
def account(connected: Browser, client: Client) -> dict:
    """A Sales Navigator account, forty days old, that has logged nothing."""
    made = client.account(opened_at=OPENED.isoformat())
    refresh(connected)
    connected.wait_balance(client.summary(made)["balance"])
    return made


@pytest.fixture
def settings(connected: Browser, account: dict) -> Page:
    """The settings page."""
    page = connected.open_extension(SETTINGS)
    page.find("region", "Import")
    return page


def choose(page: Page, file: Path) -> None:
    """Chooses a file as the file dialog would."""
    node = page.find("button", re.compile("^File"))
    page.cdp("DOM.setFileInputFiles", files=[str(file)], backendNodeId=node)


def linkedin_zip(folder: Path) -> Path:
    """LinkedIn's export: an InMail that was answered, an InMail that was not, and a chat."""

    def at(days: int) -> str:
        return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d 10:00:00 UTC")

    mika = "https://www.linkedin.com/in/mika-placeholder"
    rows = [
        f'1,,Kai Example,{ME},Robin Sample,{ROBIN},{at(9)},Hello,"Text, with a comma",INBOX',
        f"1,,Robin Sample,{ROBIN},Kai Example,{ME},{at(8)},,Thank you,INBOX",
        f"2,,Kai Example,{ME},Mika Placeholder,{mika},{at(7)},A question,Text,INBOX",
        f"3,,Kai Example,{ME},Noor Dummy,https://www.linkedin.com/in/noor-dummy,{at(6)},,A chat,INBOX",
    ]
    file = folder / "Basic_LinkedInDataExport.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("messages.csv", "\n".join([HEADING, *rows]))
    return file


def names(client: Client, account: dict) -> list[str]:
    return sorted(one["recipient"]["name"] for one in client.inmails(account) if not one["retracted_at"])


def test_linkedins_export_is_previewed_imported_and_taken_back(
    connected: Browser, client: Client, account: dict, settings: Page, tmp_path: Path
) -> None:
    before = client.summary(account)["balance"]
    choose(settings, linkedin_zip(tmp_path))

    settings.wait_text("2 InMails and 1 outcome would be added.")
    settings.wait_text("Robin Sample")
    assert names(client, account) == []
    assert_accessible(settings)

    settings.click("button", "Import 2 InMails")

    settings.wait_text("Imported: 2 InMails.")
    assert names(client, account) == ["Mika Placeholder", "Robin Sample"]
    after = client.summary(account)["balance"]
    connected.wait_balance(after)

    choose(settings, linkedin_zip(tmp_path))
    settings.wait_text("Nothing to import")
    assert not settings.has("button", re.compile("^Import [0-9]"))
    settings.click("button", "Close")

    settings.click("button", re.compile("^Take back…"))
    settings.click("button", re.compile("^Take back…"))
    settings.wait_text("Taken back: 2 InMails.")
    assert names(client, account) == []
    connected.wait_balance(before)


def test_one_of_them_is_left_out(client: Client, account: dict, settings: Page, tmp_path: Path) -> None:
    choose(settings, linkedin_zip(tmp_path))
    settings.click("checkbox", re.compile("^Add Mika Placeholder"))
    settings.wait_text("1 InMail and 1 outcome would be added.")

    settings.click("button", "Import 1 InMail")

    settings.wait_text("Imported: 1 InMail.")
    assert names(client, account) == ["Robin Sample"]


def test_any_csv_asks_for_its_columns(client: Client, account: dict, settings: Page, tmp_path: Path) -> None:
    days = [(datetime.now(UTC) - timedelta(days=ago)).strftime("%Y-%m-%d 09:00") for ago in (4, 3)]
    file = tmp_path / "list.csv"
    file.write_text(
        f"Wer;Wann\nRobin Sample;{days[0]}\nMika Placeholder;{days[1]}\nNoor Dummy;soon\n", encoding="utf-8"
    )
    choose(settings, file)
    settings.wait_text(re.compile("Say which column holds name"))
    assert_accessible(settings)

    form = settings.find("combobox", "Name")
    settings.of(form, "(select) => { select.value = 'Wer'; }")
    settings.of(settings.find("combobox", "Sent on"), "(select) => { select.value = 'Wann'; }")
    settings.click("button", "See what changes", within=settings.find("region", "Import"))

    settings.wait_text(re.compile(r"Line 4 .*soon"))
    assert not settings.has("button", re.compile("^Import [0-9]"))
    settings.click("checkbox", "Leave out the rows that are not understood")
    settings.click("button", "Import 2 InMails")

    settings.wait_text("Imported: 2 InMails.")
    assert names(client, account) == ["Mika Placeholder", "Robin Sample"]


def test_what_is_no_file_of_ours_is_told_with_its_line(
    client: Client, account: dict, settings: Page, tmp_path: Path
) -> None:
    file = tmp_path / "binary.csv"
    file.write_bytes(b"Name,Date\nZo\x81 Sample,2026-07-10\n")
    choose(settings, file)

    settings.wait_text(re.compile(r"binary\.csv, line 2: This is neither UTF-8 nor Windows-1252"))
    assert names(client, account) == []
    assert_accessible(settings)


def test_a_guessed_encoding_and_nothing_to_import_are_said(settings: Page, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("Name,Date\nZoë Sample,soon\n".encode("latin-1"))
    choose(settings, file)

    settings.wait_text("We guessed how letters such as é are stored in latin.csv.")
    settings.wait_text("Nothing to import: none of the rows could be read.")
    assert_accessible(settings)


def test_inmails_from_before_the_account_opened(client: Client, account: dict, settings: Page, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(f"Name,Date\nRobin Sample,{OPENED - timedelta(days=100):%Y-%m-%d}\n", encoding="utf-8")
    choose(settings, file)
    settings.wait_text("1 from before the account opened")

    settings.click("checkbox", re.compile("^Date the account’s opening back"))
    settings.click("button", "Import 1 InMail")

    settings.wait_text("Imported: 1 InMail.")
    assert names(client, account) == ["Robin Sample"]


def read(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


def test_the_calendars_address_is_shown_once_renewed_and_revoked(
    connected: Browser, account: dict, settings: Page
) -> None:
    settings.click("button", "Make a private address")
    first = settings.wait_text(re.compile(r"/calendar/\S+\.ics"))
    address = re.search(r"http://127\.0\.0\.1:\d+/calendar/\S+\.ics", first)
    assert address
    assert read(address[0]).startswith(b"BEGIN:VCALENDAR")
    settings.find("button", "Copy the address")
    assert_accessible(settings)

    again = connected.open_extension(SETTINGS)
    again.wait_text("There is an address since")
    assert address[0] not in again.text()
    again.close()
    connected.cdp.call("Target.activateTarget", {"targetId": settings.target_id})

    settings.click("button", "Renew or revoke…")
    assert_accessible(settings)
    settings.click("button", "Make a new one")
    until(lambda: "/calendar/" in settings.text() and address[0] not in settings.text(), "another address")
    second = re.search(r"http://127\.0\.0\.1:\d+/calendar/\S+\.ics", settings.text())
    assert second
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(address[0])

    settings.click("button", "Renew or revoke…")
    settings.click("button", "Revoke it")
    settings.find("button", "Make a private address")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(second[0])


def test_everything_out_is_a_command(settings: Page) -> None:
    settings.find("button", "Copy the command .venv/bin/inkeeper export inkeeper.zip")
