"""The switch "Start with the computer": who gets it, and what it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from tests.conftest import Device
from tests.seat import Seat
from tests.web.conftest import WebPage, words

FINISH, DATA = "/welcome?step=3", "/settings/data"


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that starts Inkeeper where there is no systemd."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return tmp_path / "config" / "autostart" / "inkeeper.desktop"


@pytest.mark.parametrize("path", [FINISH, DATA])
def test_it_is_off_and_can_be_turned_on_and_off(
    page: WebPage, seat: Seat, entry: Path, path: str, store: Store
) -> None:
    assert "Start with the computer Off." in page.text(path)

    assert "On. Inkeeper starts when you log in." in page.done("/autostart", on=1)

    assert f'"--data-dir" "{store.folder}"' in entry.read_text()
    assert "Start with the computer On." in page.text(path)

    assert "Off." in page.done("/autostart", on=0)

    assert not entry.exists()


def test_the_server_starts_at_the_port_at_which_it_is(page: WebPage, seat: Seat, entry: Path) -> None:
    page.headers["Host"] = "127.0.0.1:9123"

    page.done("/autostart", on=1)

    assert '"--port" "9123"' in entry.read_text()


def test_where_it_cannot_be_written_the_page_says_how_to_find_out(page: WebPage, seat: Seat, entry: Path) -> None:
    entry.parent.parent.mkdir()
    entry.parent.write_text("not a folder")

    answer = page.done("/autostart", on=1)

    assert "That didn't work. This command says why: inkeeper autostart on" in answer


def test_with_a_second_person_it_is_not_offered(
    page: WebPage, seat: Seat, entry: Path, pair: Callable[..., Device]
) -> None:
    pair("somebody else")

    assert "Start with the computer" not in page.text(FINISH) + page.text(DATA)
    assert page.send("/autostart", on=1).status_code == 409
    assert not entry.exists()


@pytest.mark.parametrize(
    "changes",
    [{"allowed_hosts": frozenset({"127.0.0.1", "localhost", "ink.example.org"})}, {"demo": True}, {"port": 0}],
)
def test_a_server_for_others_or_for_the_moment_has_none(
    page: WebPage, seat: Seat, entry: Path, app: Flask, settings: Settings, changes: dict[str, object]
) -> None:
    app.extensions["inkeeper.settings"] = replace(settings, **changes)

    assert "Start with the computer" not in page.text(FINISH) + page.text(DATA)
    assert page.send("/autostart", on=1).status_code == 409
    assert not entry.exists()


def test_it_needs_a_token(page: WebPage, entry: Path) -> None:
    answer = page.client.post("/autostart", data={"key": "x" * 20, "on": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 401, words(answer)
    assert not entry.exists()
