"""CPU time and bytes of an InMail on PostgreSQL. `python -m tests.benchmarks.postgresql_costs` prints it.

docs/deploy/README.md uses these figures. One server process and one client; every other InMail gets an outcome.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

from e2e.harness.client import Client
from tests import postgresql
from tests.deploy.programs import TeamServer

INMAILS = 1_500
UNCHANGED_SUMMARIES = 1_000


def cpu_seconds(cluster: postgresql.Cluster) -> float:
    """The CPU seconds of all processes of a cluster so far, including ended ones."""
    assert cluster.process is not None
    own = cluster.process.pid
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        # Fields 4 and 14 to 17 of proc(5).
        fields = rest.split()
        if int(stat.parent.name) == own:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == own:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def log_all(client: Client, account: dict) -> None:
    """Logs the InMails and gives half of them an outcome."""
    for number in range(INMAILS):
        person = f"Person Number {number}"
        body = {"recipient": {"name": person, "profile_url": f"https://www.linkedin.com/in/person-number-{number}"}}
        path = f"/accounts/{account['id']}/inmails"
        logged = client.post(path, {**body, "source": "popup", "cost": 1}, key=uuid4().hex).expect(201)
        if number % 2:
            client.patch(f"{path}/{logged['inmail']['id']}", {"outcome": "accepted"}).expect(200)


def main() -> None:
    """Prints the figures."""
    with postgresql.cluster(**postgresql.SAFE) as cluster, tempfile.TemporaryDirectory() as folder:
        name = cluster.new_database()
        server = TeamServer(Path(folder), cluster.url(name)).start()
        try:
            client = server.client()
            account = client.account(plan="recruiter", rule_book="rolling", allotment=10_000, cap=10_000)
            (start,) = cluster.query("SELECT pg_current_wal_lsn()")[0]
            began = cpu_seconds(cluster)
            log_all(client, account)
            written = cpu_seconds(cluster) - began
            ((wal,),) = cluster.query(f"SELECT pg_current_wal_lsn() - '{start}'::pg_lsn")
            began = cpu_seconds(cluster)
            for _ in range(UNCHANGED_SUMMARIES):
                client.summary(account)
            read = cpu_seconds(cluster) - began
            client.close()
            writes = INMAILS * 1.5
            print(f"PostgreSQL's CPU: {1000 * written / writes:.2f} ms a write")
            print(f"PostgreSQL's CPU: {1000 * read / UNCHANGED_SUMMARIES:.2f} ms a summary")
            print(f"log (WAL): {float(wal) / writes:,.0f} bytes a write")
            cluster.query("VACUUM FULL ANALYZE", name)
            rows = cluster.query(
                "SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 3 DESC",
                name,
            )
            for table, count, size in rows[:8]:
                print(f"{table}: {count} rows, {size / INMAILS:,.0f} bytes an InMail, {size:,} bytes")
            ((facts,),) = cluster.query("SELECT count(*) FROM fact", name)
            print(f"facts: {facts / INMAILS:.2f} an InMail")
            ((size,),) = cluster.query(f"SELECT pg_database_size('{name}')")
            print(f"whole database: {size:,} bytes")
        finally:
            server.close()


if __name__ == "__main__":
    main()
