"""Time zones are those that both Python and browsers know; others that an account was opened with keep working."""

from __future__ import annotations

import json
import subprocess
import zoneinfo
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from inkeeper.rules.periods import UnknownTimeZone, name_for_browsers, shared_time_zone
from tests.lint.extension import node

REFUSED = [
    *("localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin", "right/UTC", "europe/berlin"),
    *("", ".", "/etc/localtime", "../zoneinfo/UTC", "Europe", "Europe/Berlin/", "UTC\n", "Europe\\Berlin", "UTC\0"),
    *("+02:00", "UTC+2", "x" * 10_000, "\ud800"),
]


def taken(name: str) -> bool:
    try:
        return shared_time_zone(name) == name
    except UnknownTimeZone:
        return False


def known_to_browsers(names: list[str]) -> dict[str, bool]:
    """Whether V8, which Chromium and node share, takes each as a time zone."""
    script = """
    const known = (timeZone) => {
      try { return Boolean(new Intl.DateTimeFormat("en", { timeZone })); } catch { return false; }
    };
    const names = JSON.parse(require("fs").readFileSync(0, "utf8"));
    console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, known(name)]))));
    """
    asked = node("-e", script, input=json.dumps(names), stdout=subprocess.PIPE)
    found: dict[str, bool] = json.loads(asked.stdout)
    return found


def test_every_zone_that_is_taken_is_known_to_browsers() -> None:
    names = sorted(name for name in zoneinfo.available_timezones() | set(REFUSED[:7]) if taken(name))

    known = known_to_browsers(names)

    assert [name for name in names if not known[name]] == []
    assert len(names) > 590


def test_every_zone_that_a_browser_offers_is_taken() -> None:
    offered = node("-p", "JSON.stringify(Intl.supportedValuesOf('timeZone'))", stdout=subprocess.PIPE)

    assert [name for name in json.loads(offered.stdout) if not taken(name)] == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_shared_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZone):
        shared_time_zone(name)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("US/Pacific", "US/Pacific"),
        ("posix/Europe/Berlin", "Europe/Berlin"),
        ("right/Asia/Kolkata", "Asia/Kolkata"),
        ("Factory", "UTC"),
    ],
)
def test_answers_name_a_zone_that_browsers_know(stored: str, shown: str) -> None:
    assert name_for_browsers(stored) == shown


@pytest.fixture
def of_this_machine(tmp_path: Path) -> Iterator[None]:
    """The machine has a zone `this/machine`, with the clocks of Kathmandu."""
    (tmp_path / "this").mkdir()
    clocks = (resources.files("tzdata") / "zoneinfo" / "Asia" / "Kathmandu").read_bytes()
    (tmp_path / "this" / "machine").write_bytes(clocks)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(tmp_path), *before])
    yield
    zoneinfo.reset_tzpath(before)


def test_a_zone_without_a_shared_name_is_told_by_its_clocks(of_this_machine: None) -> None:
    assert name_for_browsers("this/machine") == "Asia/Kathmandu"
    assert not taken("this/machine")
