"""Nothing acknowledged is ever lost and nothing is stored twice, whatever happens to the server."""

from __future__ import annotations

import http.client
import random
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from e2e.harness.client import Client
from e2e.harness.server import Server
from e2e.harness.wait import until

KILLS = 30
CLIENTS = 8
"""As many as the server handles at once, so that writes share their commits."""
PLENTY = 100_000


@dataclass
class Sender:
    """A client that logs one InMail after the other and keeps asking with the same key until it is answered."""

    client: Client
    account: dict
    number: int
    stop: threading.Event
    back: threading.Event
    acknowledged: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            name = f"Sample {self.number}-{count}"
            self.acknowledged[name] = self._log(name)

    def _log(self, name: str) -> str:
        while True:
            try:
                answer = self.client.log(self.account, name, key=f"key {name}".replace(" ", "-"))
            except (OSError, http.client.HTTPException):
                self.back.wait(timeout=20)
                continue
            return str(answer.expect(201)["inmail"]["id"])


def test_nothing_acknowledged_is_lost_over_thirty_power_cuts(server: Server) -> None:
    chance = random.Random(20261124)
    owner = server.client()
    account = owner.account(plan="recruiter", rule_book="rolling", allotment=PLENTY, cap=PLENTY)
    stop, back = threading.Event(), threading.Event()
    back.set()
    senders = [Sender(Client(server.port, owner.token), account, number, stop, back) for number in range(CLIENTS)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(sender.run) for sender in senders]
        try:
            for _ in range(KILLS):
                before = sum(len(sender.acknowledged) for sender in senders)
                # At least one answer first: a kill of an idle server would prove nothing.
                until(lambda: sum(len(sender.acknowledged) for sender in senders) > before, "load on the server")  # noqa: B023
                threading.Event().wait(chance.uniform(0, 0.1))
                back.clear()
                server.kill()
                server.start()
                back.set()
        finally:
            stop.set()
            back.set()
        for one in running:
            one.result(timeout=30)

    acknowledged = {name: stored for sender in senders for name, stored in sender.acknowledged.items()}
    owner.close()  # its connection was to the first of the servers
    stored = owner.inmails(account)
    assert sorted(one["recipient"]["name"] for one in stored) == sorted(acknowledged)
    assert {one["recipient"]["name"]: one["id"] for one in stored} == acknowledged
    assert owner.summary(account)["balance"] == PLENTY - len(acknowledged)
    for sender in senders:
        sender.client.close()
    owner.close()
    assert server.terminate() == 0
    _doctor_finds_nothing(server)


def test_sixteen_clients_race_for_the_last_five_credits(server: Server) -> None:
    owner = server.client()
    for round_number in range(5):
        account = owner.account(f"Seat {round_number}", plan="premium_career")
        assert owner.summary(account)["balance"] == 5
        start = threading.Barrier(16)

        def race(number: int, account: dict = account, start: threading.Barrier = start) -> tuple[int, str | None]:
            client = Client(server.port, owner.token)
            start.wait()
            answer = client.log(account, f"Sample {number}", key=f"{account['id']}-{number}")
            client.close()
            return answer.status, answer.body.get("code")

        with ThreadPoolExecutor(16) as pool:
            answers = Counter(pool.map(race, range(16)))

        assert answers == {(201, None): 5, (409, "insufficient_credits"): 11}
        assert owner.summary(account)["balance"] == 0
        assert len(owner.inmails(account)) == 5
    owner.close()
    server.terminate()
    _doctor_finds_nothing(server)


def test_the_same_request_sent_by_eight_clients_at_once_is_stored_once(server: Server) -> None:
    owner = server.client()
    account = owner.account()
    start = threading.Barrier(8)

    def send(_: int) -> str:
        client = Client(server.port, owner.token)
        start.wait()
        answer = client.log(account, key="one-and-the-same")
        client.close()
        return str(answer.expect(201)["inmail"]["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(8)))

    assert len(ids) == 1
    assert [one["id"] for one in owner.inmails(account)] == list(ids)
    assert owner.summary(account)["balance"] == 24
    owner.close()


def _doctor_finds_nothing(server: Server) -> None:
    examined = subprocess.run(
        server.command("doctor"),
        capture_output=True,
        text=True,
        env=server.environment(),
        cwd=Path(__file__).parents[1],
        timeout=120,
    )
    assert examined.returncode == 0, examined.stdout + examined.stderr
