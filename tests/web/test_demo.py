"""A demo says on every page that it is one."""

from __future__ import annotations

from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import Store


def test_the_frame_of_a_demo_says_so(store: Store, database_url: str) -> None:
    for demo in (True, False):
        client = create_app(store, settings=Settings(database=database_url, demo=demo)).test_client()
        assert (">Demo</span>" in client.get("/").get_data(as_text=True)) is demo
