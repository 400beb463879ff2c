"""An account that an earlier version opened with a zone that no browser knows goes on as before."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import Store, open_database
from tests.conftest import Clock
from tests.facts import let_facts_change
from tests.seat import Caller, Seat


@pytest.fixture
def of_this_machine(tmp_path: Path) -> Iterator[str]:
    """The machine has a zone of its own, with the clocks of Berlin."""
    (tmp_path / "zones").mkdir()
    clocks = (resources.files("tzdata") / "zoneinfo" / "Europe" / "Berlin").read_bytes()
    (tmp_path / "zones" / "home").write_bytes(clocks)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(tmp_path / "zones"), *before])
    yield "home"
    zoneinfo.reset_tzpath(before)


def test_its_answers_name_a_zone_with_the_same_clocks(
    of_this_machine: str, open_account: Callable[..., Seat], store: Store, database_url: str, clock: Clock
) -> None:
    seat = open_account(time_zone="Europe/Berlin", opened_at="2026-10-05T00:00:00Z")
    seat.log()
    paths = [f"{seat.path}{path}" for path in ("", "/summary", "/report", "/advice")]
    with_known_zone = [seat.call.get(path) for path in paths]
    with store.begin_write(None) as tx:
        tx.execute("UPDATE account SET time_zone = ?", (of_this_machine,))
        # The facts of an earlier version, which were written with this name; none is changed otherwise.
        let_facts_change(tx)
        tx.execute("UPDATE fact SET data = replace(data, 'Europe/Berlin', ?)", (of_this_machine,))
        tx.execute("DELETE FROM snapshot")
    # As after a start: without what the other one keeps in memory.
    reopened = open_database(database_url)
    client: FlaskClient = create_app(reopened, settings=Settings(database=database_url), clock=clock).test_client()
    call = Caller(client, seat.call.headers)

    answers = [call.get(path) for path in paths]

    zones = [answers[0], answers[1]["account"], answers[2]["account"], answers[3]]
    assert {each["time_zone"] for each in zones} == {"Africa/Ceuta"}
    assert answers[1]["period"] == with_known_zone[1]["period"]
    assert answers[1]["next_loss"] == with_known_zone[1]["next_loss"]
    assert answers[2]["totals"] == with_known_zone[2]["totals"]
    reopened.checkpoint_and_close()
