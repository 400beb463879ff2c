"""One normal form of names and links, by which InMails to one person are found.

Ids of LinkedIn's own that an earlier version stored in lower case stay so: how they were written cannot be known. A
frozen copy of what is computed, as it was when this step was written.
"""

import re
import unicodedata
from typing import Any
from urllib.parse import unquote

from peewee import SqliteDatabase

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SITE = "https://www.linkedin.com/"
_LINKEDIN_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_FOLDED_MEMBER_ID = re.compile(r"acoaa[a-z0-9_-]{25,195}")
_KINDS = {"sales/lead": "lead", "sales/people": "lead", "talent/profile": "talent"}
_PATHS = {"in": "in", "member": "in", "lead": "sales/lead", "talent": "talent/profile"}


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the columns, fill them for the InMails that are there, and make the indices over them."""
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "name_key" TEXT NOT NULL DEFAULT \'\'')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "link_key" TEXT')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "message_key" TEXT')
    db.execute_sql('DROP INDEX "inmail_account_id_profile_url_sent_at"')
    if isinstance(db, SqliteDatabase):
        _fill(db)
    for key in ("link_key", "name_key"):
        db.execute_sql(f'CREATE INDEX "inmail_account_id_{key}_sent_at" ON "inmail" ("account_id", "{key}", "sent_at")')


def _fill(db: SqliteDatabase) -> None:
    """A database of another kind is younger than this step, and empty."""
    functions = {"name_key_of": _name_key, "normal_link_of": _normal_link, "link_key_of": _link_key}
    connection = db.connection()
    for name, function in functions.items():
        connection.create_function(name, 1, function, deterministic=True)
    db.execute_sql(
        "UPDATE inmail SET name_key = name_key_of(name), link_key = link_key_of(profile_url),"
        " profile_url = normal_link_of(profile_url)"
    )
    for name in functions:
        connection.create_function(name, 1, None)


def _name_key(name: str) -> str:
    name = _UNSEEN.sub("", unicodedata.normalize("NFC", name))
    for _ in range(3):
        name = _UNSEEN.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name)).strip()


def _link_key(url: str | None) -> str | None:
    kind, found = _parts(url)
    return f"{kind}/{found.lower()}" if kind else None


def _normal_link(url: str | None) -> str | None:
    kind, found = _parts(url)
    return f"{_SITE}{_PATHS[kind]}/{found}" if kind else url


def _parts(url: str | None) -> tuple[str, str]:
    """Kind and id of a link as earlier versions stored it; two empty texts for one that leads to no person."""
    path, _, last = (url or "").removeprefix(_SITE).rpartition("/")
    if path == "in":
        slug = unicodedata.normalize("NFC", last)
        if slug in ("", ".", "..", "me") or len(slug) > 200:
            return "", ""
        return "member" if _FOLDED_MEMBER_ID.fullmatch(slug) else "in", slug
    number = unquote(last).partition(",")[0].strip()
    kind = _KINDS.get(path, "")
    return (kind, number) if kind and _LINKEDIN_ID.fullmatch(number) else ("", "")
