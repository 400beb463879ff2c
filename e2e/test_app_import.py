"""Importing in the app's page in a real browser: upload with progress, preview, wishes, all or nothing, undo."""

from __future__ import annotations

import random
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_app_home import TOO_SMALL

ME, ROBIN = "https://www.linkedin.com/in/kai-example", "https://www.linkedin.com/in/robin-sample"
HEADING = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"
)

OPENED = datetime.now(UTC) - timedelta(days=40)

WATCH_PROGRESS = """() => {
    globalThis.seen = [];
    globalThis.limits = [];
    document.addEventListener('htmx:config:request', ({detail}) => limits.push(detail.ctx.request.timeout));
    const bar = document.querySelector('progress[data-upload]');
    new MutationObserver(() => { if (!bar.hidden) seen.push([bar.value, bar.max]); }).observe(bar, {attributes: true});
}"""


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


@pytest.fixture
def account(client: Client) -> dict:
    """A Recruiter Lite account (50 credits a month), forty days old, that has logged nothing."""
    return client.account(plan="recruiter_lite", opened_at=OPENED.isoformat())


@pytest.fixture
def page(browser: Browser, server: Server, client: Client, account: dict) -> Page:
    page = open_app(browser, server, client, "/settings/data")
    page.find("region", "Import what you sent")
    return page


def choose(page: Page, file: Path) -> None:
    """Chooses a file as the file dialog would."""
    node = page.find("button", re.compile("^File"))
    page.cdp("DOM.setFileInputFiles", files=[str(file)], backendNodeId=node)


def full_zip(folder: Path, messages: int) -> Path:
    """LinkedIn's export as of somebody who writes a lot: InMails, answers and chats, with texts of real length."""
    chance = random.Random(1)
    words = [f"{chance.getrandbits(48):x}" for _ in range(4_000)]
    rows, start = [], datetime.now(UTC) - timedelta(days=39)
    for number in range(messages):
        conversation, turn = divmod(number, 4)
        at = (start + timedelta(minutes=25 * number)).strftime("%Y-%m-%d %H:%M:%S UTC")
        them = (f"Person {conversation:04}", f"https://www.linkedin.com/in/person-{conversation:04}")
        people = (*them, "Kai Example", ME) if turn % 2 else ("Kai Example", ME, *them)
        subject = "" if turn or conversation % 10 else "A question"
        text = " ".join(chance.choices(words, k=60))
        rows.append(f"c{conversation},,{','.join(people)},{at},{subject},{text},INBOX")
    file = folder / "Complete_LinkedInDataExport.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("messages.csv", "\n".join([HEADING, *rows]))
    assert file.stat().st_size > 500_000
    return file


def names(client: Client, account: dict) -> list[str]:
    return sorted(one["recipient"]["name"] for one in client.inmails(account) if not one["retracted_at"])


def test_an_export_of_2000_messages(page: Page, client: Client, account: dict, tmp_path: Path) -> None:
    page.run(WATCH_PROGRESS)
    choose(page, full_zip(tmp_path, 2_000))
    page.wait_text(re.compile("50 InMails and 50 results would be added"))
    seen = page.run("() => seen")
    assert seen
    assert seen[-1][0] == seen[-1][1] > 500_000
    assert page.run("() => limits") == [0]
    assert page.run("() => document.querySelector('progress[data-upload]').hidden")
    assert_accessible(page)

    page.click("button", "Import 50 InMails")

    page.wait_text("Imported 50 InMails.")
    assert len(client.inmails(account)) == 50


def test_linkedins_export_is_previewed_imported_and_undone(
    page: Page, client: Client, account: dict, tmp_path: Path
) -> None:
    before = client.summary(account)["balance"]
    choose(page, linkedin_zip(tmp_path))
    page.wait_text("2 InMails and 1 result would be added.")
    assert names(client, account) == []
    assert_accessible(page)

    page.click("button", "Import 2 InMails")

    page.wait_text("Imported 2 InMails.")
    assert names(client, account) == ["Mika Placeholder", "Robin Sample"]
    assert_accessible(page)

    choose(page, linkedin_zip(tmp_path))
    page.wait_text("Nothing to import")
    assert not page.has("button", re.compile("^Import [0-9]"))
    page.click("link", "Close")
    page.wait_no_text("Nothing to import")

    page.click("DisclosureTriangle", re.compile("^Undo LinkedIn's export"))
    page.click("button", re.compile("^Undo this import"))
    page.wait_text("Import undone.")
    assert names(client, account) == []
    assert client.summary(account)["balance"] == before


def test_one_of_them_is_left_out(page: Page, client: Client, account: dict, tmp_path: Path) -> None:
    choose(page, linkedin_zip(tmp_path))
    page.click("checkbox", re.compile("^Leave out Mika Placeholder"))
    page.wait_text("1 InMail and 1 result would be added.")
    assert page.focused_name()[1].startswith("Leave out Mika Placeholder")

    page.click("button", "Import 1 InMail")

    page.wait_text("Imported 1 InMail.")
    assert names(client, account) == ["Robin Sample"]


def test_any_csv_asks_for_its_columns(page: Page, client: Client, account: dict, tmp_path: Path) -> None:
    days = [(datetime.now(UTC) - timedelta(days=ago)).strftime("%Y-%m-%d 09:00") for ago in (4, 3)]
    file = tmp_path / "list.csv"
    file.write_text(f"Wer;Wann\nRobin Sample;{days[0]}\nMika Placeholder;{days[1]}\nNoor Dummy;soon\n", "utf-8")
    choose(page, file)
    page.wait_text("Which column holds what?")
    assert_accessible(page)
    page.run("() => { document.querySelector('#column-name').value = 'Wer'; }")
    page.choose("Sent on", "Wann")
    page.click("button", "Look again")
    page.wait_text(re.compile("1 row can't be read"))
    assert not page.has("button", re.compile("^Import [0-9]"))

    page.click("checkbox", "Leave out the rows that can't be read")
    page.click("button", "Import 2 InMails")

    page.wait_text("Imported 2 InMails.")
    assert names(client, account) == ["Mika Placeholder", "Robin Sample"]


def test_a_file_that_cannot_be_read_leaves_the_page_usable(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and nothing more")
    choose(page, broken)
    page.wait_text("This file can't be read.")
    assert_accessible(page)

    choose(page, linkedin_zip(tmp_path))

    page.wait_text("2 InMails and 1 result would be added.")


def test_nothing_of_the_file_stays_in_the_address_or_title(page: Page, tmp_path: Path) -> None:
    choose(page, linkedin_zip(tmp_path))
    page.wait_text("Robin Sample")

    assert page.url.endswith("/settings/data")
    assert page.run("() => document.title") == "Data · Inkeeper"
    assert page.run("() => Object.keys(localStorage)") == ["token"]


def test_on_a_narrow_screen(page: Page, tmp_path: Path) -> None:
    try:
        resize(page, 360, touch=True)
        page.cdp("Page.reload")
        wait_idle(page).find("region", "Import what you sent")
        choose(page, linkedin_zip(tmp_path))
        page.wait_text("Robin Sample")
        assert page.run("() => document.documentElement.scrollWidth <= innerWidth")
        # The label around a box is what is pressed.
        assert [one for one in page.run(TOO_SMALL) if "checkbox" not in one] == []
        assert_accessible(page)
    finally:
        reset_size(page)


def test_the_theme_is_dark(page: Page, tmp_path: Path) -> None:
    page.emulate(theme="dark")
    choose(page, linkedin_zip(tmp_path))
    page.wait_text("Robin Sample")
    until(lambda: page.find("table"), "the rows")
    assert_accessible(page)
