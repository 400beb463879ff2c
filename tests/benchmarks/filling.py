"""Fills a new database: `python -m tests.benchmarks.filling WHERE INMAILS ACCOUNTS [TARGETS]`.

WHERE is a data folder or a database's URL.

The first account has INMAILS InMails, a thousand in each thirty days up to now; the others have three each. TARGETS
people are on the list, every third of them planned for one of the next eight weeks. The facts are stored by the
product's own functions, many in one transaction.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from inkeeper.ids import new_id
from inkeeper.rules.facts import Sent
from inkeeper.rules.people import parse_link
from inkeeper.services.access import Actor
from inkeeper.services.devices import pairing
from inkeeper.services.ledger import accounts
from inkeeper.services.people import adding, bulk, targets
from inkeeper.services.people.sent import person_keys
from inkeeper.services.people.targets import ListFilter
from inkeeper.settings import load_settings
from inkeeper.storage import balances
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Inmail, Owner
from inkeeper.storage.transaction import Transaction
from tests.rows import add_row

MONTH = timedelta(days=30)
INMAILS_PER_MONTH = 1_000


def add_inmails(tx: Transaction, account_id: str, count: int, since: datetime, until: datetime) -> None:
    """Stores `count` InMails, evenly spread over `(since, until)`."""
    step = (until - since) / (count + 1)
    facts = [Sent(new_id(until), since + (number + 1) * step, 1) for number in range(count)]
    balances.record(tx, account_id, facts, until)
    rows = [
        {
            "id": fact.id,
            "account": account_id,
            "sent_at": fact.at,
            "cost": 1,
            "name": f"Kai Example {fact.id}",
            "profile_url": f"https://www.linkedin.com/in/kai-example-{fact.id}",
            "source": "popup",
            "outcome": "pending",
        }
        for fact in facts
    ]
    for row in rows:
        row["name_key"], row["link_key"] = person_keys(row["name"], parse_link(row["profile_url"]))
    for start in range(0, len(rows), 500):
        Inmail.insert_many(rows[start : start + 500]).execute(tx.database)


def add_targets(store: Store, owner_id: str, count: int, now: datetime) -> None:
    """Adds `count` people to the list."""
    lines = (
        f"Noor Dummy {number}, Company {number % 500}, https://www.linkedin.com/in/noor-dummy-{number:06}x"
        for number in range(count)
    )
    reading = adding.read_lines("\n".join(lines))
    with store.begin_write(None) as tx:
        plan = adding.make_plan(tx, Actor(owner_id), reading, now)
        adding.store(tx, Actor(owner_id), plan, plan.mark(), now)
        views = targets.search(tx, Actor(owner_id), ListFilter(), None, count, now)
        for week in range(1, 9):
            bulk.act(tx, Actor(owner_id), views[3 * week :: 24], "later", now, now.date() + timedelta(weeks=week))


def main() -> None:
    """Fills the database that the command line names."""
    where, inmails, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    now = datetime.now(UTC)
    months = -(-inmails // INMAILS_PER_MONTH)
    opened_at = now - months * MONTH
    store = open_database(
        load_settings({"database" if "://" in where else "data_dir": where}, {}).database, create=True
    )
    wanted = {
        "name": "Sales Navigator",
        "plan": "sales_navigator",
        "rule_book": "month_end",
        "time_zone": "Europe/Berlin",
        "allotment": 2 * INMAILS_PER_MONTH,
        "opened_at": opened_at,
    }
    with store.begin_write(None) as tx:
        owner_id = add_row(tx, Owner, id=new_id(now), name=pairing.DEFAULT_OWNER, created_at=now).id
        account_id = accounts.create_account(tx, Actor(owner_id), wanted, now).account.id
        for month in range(months):
            since = opened_at + month * MONTH
            add_inmails(
                tx, account_id, min(INMAILS_PER_MONTH, inmails - month * INMAILS_PER_MONTH), since, since + MONTH
            )
        for _ in range(count - 1):
            other_id = accounts.create_account(tx, Actor(owner_id), wanted | {"opened_at": now - MONTH}, now).account.id
            add_inmails(tx, other_id, 3, now - MONTH, now)
    if len(sys.argv) > 4:
        add_targets(store, owner_id, int(sys.argv[4]), now)
    store.checkpoint_and_close()


if __name__ == "__main__":
    main()
