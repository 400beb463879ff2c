"""Files as they might be brought, mutated: each through the preview of the real API, none in anything unforeseen."""

from __future__ import annotations

import io
import json
import random
import struct
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient

from inkeeper.api.app import create_app
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.ledger import accounts
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.files import HEADING, ME, answer, connections, inmail, message, messages, table, zipped
from tests.rows import add_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MOST_SECONDS = 5.0
"""The processor's time that one preview may take; nearly all take a hundredth of a second."""

ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp1251", "shift-jis")
DELIMITERS = (",", ",", ";", "\t", "|", "^", ":")
LINE_ENDS = ("\r\n", "\n", "\r", "\n\r", "\u2028")
METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
FILES = (
    "messages.csv",
    "Messages.csv",
    "Connections.csv",
    "Profile.csv",
    "Invitations.csv",
    "accounts.csv",
    "inmails.csv",
)
TITLES = (
    "name date to from sent_at profile_url cost subject purpose note outcome outcome_at Direction Folder First Last URL"
).split()
DATES = (
    "2026-07-10",
    "2026-07-10 10:00:00 UTC",
    "10.07.2026",
    "07/10/2026",
    "7/9/16, 10:00 AM",
    "Jul 2, 2026, 3:04\u202fPM",
    "2 marraskuu 2026",
    "31.11.2026",
    "10 Foo 2026",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "46213.375",
    "٢٠٢٦-٠٧-١٠",
)
CELLS = (
    "",
    " ",
    "Kai Example",
    "Zoë Łucja",
    "\u00a0\u202f\u200b",
    "=1+1",
    "'" * 50,
    "\x1b[31mred",
    "\u202e\u2028\u2029",
    "https://www.linkedin.com/in/kai-example",
    "https://www.linkedin.com/in/%ff%00",
    "https://[::1",
    "linkedin.com/in/" + "a" * 600,
    "replied",
    "no_response",
    "0",
    "2",
    "x" * 3_000,
    " " * 20_000 + "x",
    "9" * 5_000,
    'a"b',
    "a\rb\nc",
    "\U0001f469\u200d\U0001f4bb",
)


class _Case:
    """One file and the query with it, drawn from a seed of its own."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self.content = self._content()
        self.name = self.chance.choice((*FILES, "export.zip", "\x1b[31m.csv", "", "x" * 200))
        self.query = self._query()

    def _query(self) -> dict[str, str | list[str]]:
        pick = self.chance.choice
        every: dict[str, str | list[str]] = {
            "me": pick((ME, "Nobody", "https://www.linkedin.com/in/kai-example", "\u202e")),
            "dates": pick(("dmy", "mdy")),
            "map": [f"{pick(('name', 'sent_at', 'note', 'colour'))}={pick((*TITLES, 'First+Last', '+', ''))}"],
            "leave_out": pick(("2", "1,2,3", "999999999")),
            "skip_rows": "true",
            "open_earlier": "true",
            "accept_discrepancy": "true",
            "from_account": pick(("My seat", "nowhere")),
            "limit": pick(("1", "200")),
        }
        wanted = {name: value for name, value in every.items() if self.chance.random() < 0.15}
        return {"preview": "true", "file": self.name.encode("utf-8", "replace").decode()} | wanted

    def _content(self) -> bytes:
        kinds: tuple[Callable[[], bytes], ...] = (self._table, self._table, self._messages, self._messages, self._zip)
        content = self.chance.choice(kinds)()
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 3))):
            content = self._damaged(content)
        return content

    def _cell(self) -> str:
        kind = self.chance.random()
        if kind < 0.4:
            return self.chance.choice(DATES)
        if kind < 0.95:
            return self.chance.choice(CELLS)
        return "".join(chr(self.chance.choice((9, 32, 65, 127, 160, 0x301, 0xFFFD, 0x1F600))) for _ in range(30))

    def _table(self) -> bytes:
        chance = self.chance
        heading = chance.sample(TITLES, chance.randrange(1, 8))
        if chance.random() < 0.6:
            heading[:0] = ["name", "date"]
        if chance.random() < 0.1:
            heading.append(chance.choice((heading[0], "", self._cell())))
        rows = [[self._cell() for _ in heading] for _ in range(chance.randrange(6))]
        for row in rows:
            if heading[:2] == ["name", "date"] and chance.random() < 0.7:
                row[:2] = ["Kai Example", chance.choice(DATES)]
            if chance.random() < 0.1:
                row[chance.randrange(len(row)) :] = []
            if chance.random() < 0.1:
                row[:] = [""] * len(row)
        delimiter = chance.choice(DELIMITERS)
        text = table(heading, rows, delimiter=delimiter).decode()
        if chance.random() < 0.1:
            text = f"sep={delimiter}\r\n{text}"
        if chance.random() < 0.2:
            text = text.replace("\r\n", chance.choice(LINE_ENDS))
        return text.encode(chance.choice(ENCODINGS), "replace")

    def _messages(self) -> bytes:
        chance = self.chance
        rows = []
        for number in range(chance.randrange(8)):
            name, at = f"Robin Sample {number % 3}", f"2026-11-{chance.randrange(1, 31):02} 10:00:00"
            rows.append(
                chance.choice((inmail(name, at), answer(name, at, at), message(f"c{number % 4}", name, ME, at)))
            )
            if chance.random() < 0.3:
                rows[-1] |= {chance.choice(HEADING): self._cell()}
        heading = list(HEADING[: chance.choice((9, 10, 11, 13))])
        if chance.random() < 0.2:
            heading.remove(chance.choice(heading))
        if chance.random() < 0.2:
            chance.shuffle(heading)
        text = messages(*rows, heading=heading).decode()
        return text.encode(chance.choice(ENCODINGS[:3] if chance.random() < 0.8 else ENCODINGS), "replace")

    def _zip(self) -> bytes:
        chance = self.chance
        members: dict[str, bytes] = {}
        if chance.random() < 0.8:
            members["messages.csv"] = self._messages()
        if chance.random() < 0.5:
            members["Connections.csv"] = chance.choice(
                (connections(("Robin Sample 1", chance.choice(DATES))), b"", b"Notes:\n", self._table())
            )
        if chance.random() < 0.5:
            members["Profile.csv"] = chance.choice((b"First Name,Last Name\nKai,Example\n", b"\0", self._table()))
        if chance.random() < 0.3:
            members[chance.choice((*FILES, "../x", "a/messages.csv", "\x1b[31m", "C:\\x"))] = self._table()
        return zipped(members, chance.choice(METHODS))

    def _damaged(self, content: bytes) -> bytes:
        chance, changed = self.chance, bytearray(content)
        if not changed:
            return chance.randbytes(20)
        place = chance.randrange(len(changed))
        if changed[:2] == b"PK" and chance.random() < 0.6:
            # Where a zip says what is in it and how large that is.
            place = max(0, len(changed) - 1 - chance.randrange(min(300, len(changed))))
        kind = chance.randrange(6)
        if kind == 0:
            return bytes(changed[:place])
        if kind == 1:
            changed[place : place + 4] = struct.pack("<I", chance.choice((0, 1, 2**31, 2**32 - 1)))
        elif kind == 2:
            changed[place:place] = chance.choice((b'"', b"\0", b"\xff", b"\r", b"\n\n", b"PK\x03\x04", b"\xef\xbb\xbf"))
        elif kind == 3:
            del changed[place : place + chance.randrange(1, 20)]
        elif kind == 4:
            changed += changed[place:]
        else:
            changed[place] = chance.randrange(256)
        return bytes(changed)


def fuzz_imports(count: int, seed: int) -> Counter[str]:
    """Preview `count` files drawn from `seed`; how often each answer came.

    Raises AssertionError, with what draws the case again, for a server error, a refusal that is not problem+json, and a
    preview that takes more than MOST_SECONDS.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/inkeeper.sqlite3"
        store = open_database(url)
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id="me", name="me", created_at=NOW)
            wanted = {"name": "My seat", "plan": "premium_career", "time_zone": "Europe/Berlin", "opened_at": NOW}
            account = accounts.create_account(tx, Actor("me"), wanted, NOW).account.id
            token = devices.add(tx, Actor("me"), "Program", NOW)[1]
        app = create_app(store, settings=Settings(database=url), clock=lambda: NOW)
        client = app.test_client()
        try:
            return Counter(_previewed(client, f"{seed}-{number}", account, token) for number in range(count))
        finally:
            store.checkpoint_and_close()


def _previewed(client: FlaskClient, seed: str, account: str, token: str) -> str:
    case = _Case(seed)
    started = time.process_time()
    response = client.post(
        f"/api/v1/accounts/{account}/imports",
        query_string=case.query,
        data=io.BytesIO(case.content),
        content_type="application/zip" if case.content[:2] == b"PK" else "text/csv",
        headers={"Authorization": f"Bearer {token}"},
    )
    seconds = time.process_time() - started
    what = f"_Case({seed!r}): {response.status}, {seconds:.1f} s"
    assert response.status_code < 500, what
    assert seconds < MOST_SECONDS, what
    body = json.loads(response.get_data())
    if response.status_code == 200:
        assert body["nothing"] is None or body["nothing"]["detail"].count(". ") == 0, what
        return "preview"
    assert response.content_type == "application/problem+json", what
    assert body["detail"], what
    return str(body["code"])
