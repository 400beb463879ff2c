"""Programs that people have read the feed: vdirsyncer subscribes to it over HTTP, khal shows what it brought."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.seat import Seat

VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair inkeeper]
a = "feed"
b = "local"
collections = null
[storage feed]
type = "http"
url = "{address}"
[storage local]
type = "filesystem"
path = "{folder}/events/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[inkeeper]]
path = {folder}/events/
readonly = True
[locale]
local_timezone = Pacific/Auckland
default_timezone = Pacific/Auckland
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.sqlite3
"""


class Calendar:
    """A person's calendar that has subscribed to the feed. Its owner travels; the account does not."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        (folder / "events").mkdir(parents=True)
        for name, text in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
            (folder / name).write_text(text.format(folder=folder, address=address))
        self.run("vdirsyncer", "discover")

    def run(self, program: str, *arguments: str) -> str:
        finished = subprocess.run(
            [program, "-c", self.folder / program, *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout
        return finished.stdout

    def refresh(self) -> str:
        """Ask the feed again; what was done about it, in vdirsyncer's words."""
        return self.run("vdirsyncer", "sync")

    def days(self) -> list[str]:
        form = "{start-date} {title}{alarm-symbol}: {description}"
        return self.run("khal", "list", "--day-format", "", "--format", form, "2026-11-20", "45d").splitlines()


@pytest.fixture
def subscribe(live_server: str, tmp_path: Path) -> Callable[[Seat], Calendar]:
    def subscribe(seat: Seat) -> Calendar:
        path = seat.call.post(f"{seat.path}/calendar", {})["path"]
        return Calendar(tmp_path / "calendar", live_server + path)

    return subscribe


def test_subscribed_and_kept_up_to_date(
    subscribe: Callable[[Seat], Calendar], open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account(plan="sales_navigator", time_zone="Europe/Berlin", observed_balance=12)
    calendar = subscribe(seat)

    calendar.refresh()

    assert calendar.days() == [
        "2026-11-24 Last week before 12 credits are lost (Sales Navigator) \N{ALARM CLOCK}: "
        "Lost if unused: 12 credits at the end of 30 Nov (Europe/Berlin).",
        "2026-11-30 12 credits expire (Sales Navigator): Lost at the end of 30 Nov (Europe/Berlin) if unused.",
        "2026-12-01 25 new credits (Sales Navigator): Available from 1 Dec (Europe/Berlin) on.",
        "2026-12-25 Last week before up to 25 credits are lost (Sales Navigator) \N{ALARM CLOCK}: "
        "Lost if unused: up to 25 credits at the end of 31 Dec (Europe/Berlin).",
        "2026-12-31 Up to 25 credits expire (Sales Navigator): Lost at the end of 31 Dec (Europe/Berlin) if unused.",
        "2027-01-01 25 new credits (Sales Navigator): Available from 1 Jan (Europe/Berlin) on.",
    ]

    assert "item" not in calendar.refresh(), "nothing has changed"
    clock.advance(hours=1)
    seat.log()
    assert calendar.refresh().count("Copying") == 2, "the events of 24 and 30 November"
    assert calendar.days()[1].startswith("2026-11-30 11 credits expire")
    clock.advance(days=8)
    calendar.refresh()
    assert [day[:30] for day in calendar.days()[:2]] == [
        "2026-12-25 Last week before 25",
        "2026-12-31 25 credits expire (",
    ]


def test_a_plan_without_credits_says_so(
    subscribe: Callable[[Seat], Calendar], open_account: Callable[..., Seat]
) -> None:
    calendar = subscribe(open_account(plan="basic"))

    calendar.refresh()

    assert calendar.days() == [
        "2026-12-01 No new InMail credits (Basic (free)): This plan brings no InMail credits, so nothing expires."
        " With a plan that does, the dates appear here."
    ]
    assert "item" not in calendar.refresh(), "nothing has changed"
