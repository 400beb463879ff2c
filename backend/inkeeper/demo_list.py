"""The demo's list of people: targets, a running campaign, and a person marked as do-not-contact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from inkeeper.rules.periods import local_day
from inkeeper.services.access import Actor
from inkeeper.services.ledger import inmails
from inkeeper.services.people import persons, targets
from inkeeper.storage import balances, campaigns
from inkeeper.storage.campaigns import Step
from inkeeper.storage.transaction import Transaction

_DAY = timedelta(days=1)
_MIN_BALANCE = 3

Act = Callable[[datetime], object]


class _ListedPerson(NamedTuple):
    """A person on the list. `planned_in` is the number of days until the planned day, None for no planned day."""

    name: str
    company: str
    headline: str
    purpose: str
    note: str
    planned_in: int | None = None


_LISTED = (
    _ListedPerson(
        "Ines Beispiel", "Mustermann & Daughters", "Head of patterns", "introduction", "Talk on reusable samples", 0
    ),
    _ListedPerson("Théo Maquette", "Atelier Maquette", "Model maker", "introduction", "Asked about scale models", 1),
    _ListedPerson("Anouk Proefstuk", "Proefwerk", "Editor", "article", "Writes about placeholders"),
    _ListedPerson("Rafa Ejemplo", "Ejemplo y Cía", "Data lead", "introduction", "Data lead since spring"),
    _ListedPerson("Maren Vorlage", "Vorlagenwerk", "Product owner", "introduction", "Uses our templates"),
    _ListedPerson("Tiago Amostra", "Amostra Lda", "Buyer", "introduction", "Met at the sample fair"),
    _ListedPerson("Saana Malli", "Mallitalo", "Engineer", "other", "Knows a lot about stencils"),
    _ListedPerson("Piotr Przykład", "Przykładowo", "Founder", "introduction", "Two of our clients know him"),
    _ListedPerson("Ada Blindtext", "Lorem & Ipsum", "Copywriter", "article", "Liked the last article"),
    _ListedPerson("Emre Örnek", "Örnek Yayın", "Publisher", "introduction", "Recommended by Ada"),
)


class _CampaignPerson(NamedTuple):
    """A person in the campaign. `sent` and `answered` are in days before now; `answered` is None without an answer."""

    name: str
    company: str
    sent: int
    answered: int | None


_IN_CAMPAIGN = (
    _CampaignPerson("Lotte Schablone", "Schablonia", 15, None),
    _CampaignPerson("Hugo Gabarit", "Gabarit SA", 14, 11),
    _CampaignPerson("Ilse Sjabloon", "Sjabloon BV", 2, None),
)
_NOT_TO_CONTACT = ("Bo Attrapp", "Attrapp AB")


def events(
    tx: Transaction, actor: Actor, account_id: str, zone: str, texts: dict[str, str], now: datetime
) -> Iterator[tuple[datetime, Act]]:
    """The actions on the list with their instants (UTC, up to `now`).

    `texts` are text ids by purpose; `zone` is the account's time zone.
    """
    inmail_ids: dict[str, str] = {}

    def begin(at: datetime) -> None:
        campaign = _add_campaign(tx, actor, account_id, texts, local_day(zone, at), at)
        for each in _IN_CAMPAIGN:
            _add(tx, actor, each.name, {"company": each.company}, {"campaign": campaign}, at)

    def write(name: str, at: datetime) -> None:
        inmail_ids[name] = _write(tx, actor, account_id, name, at)

    def answer(name: str, at: datetime) -> None:
        inmails.update_inmail(tx, actor, account_id, inmail_ids[name], {"outcome": "replied"}, at)

    yield now - 17 * _DAY, begin
    for each in _IN_CAMPAIGN:
        yield now - each.sent * _DAY, partial(write, each.name)
        if each.answered is not None:
            yield now - each.answered * _DAY, partial(answer, each.name)
    for number, listed in enumerate(_LISTED):
        fields: dict[str, Any] = {"purpose": listed.purpose, "note": listed.note}
        if listed.planned_in is not None:
            day = local_day(zone, now) + listed.planned_in * _DAY
            fields |= {"planned_for": day, "account": account_id, "text": texts[listed.purpose]}
        known = {"company": listed.company, "headline": listed.headline}
        at = now if listed.planned_in is not None else now - (len(_LISTED) - number) * _DAY
        yield at, partial(_add, tx, actor, listed.name, known, fields)
    yield now - 5 * _DAY, partial(_add_do_not_contact, tx, actor)


def _add_campaign(
    tx: Transaction, actor: Actor, account_id: str, texts: dict[str, str], today: date, at: datetime
) -> str:
    """Store a campaign of an InMail and a follow-up that ends in 60 days. Returns its id."""
    values = {
        "name": "Makers of stencils",
        "goal": "Three calls before the year ends",
        "budget": 20,
        "starts": today,
        "ends": today + 60 * _DAY,
    }
    steps = [
        Step(None, "introduction", (texts["introduction"], texts["article"])),
        Step(7, "follow_up", (texts["follow_up"],)),
    ]
    return campaigns.add(tx, actor.owner_id, account_id, values, steps, at)


def _link(name: str) -> str:
    return f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"


def _add(tx: Transaction, actor: Actor, name: str, known: dict[str, Any], fields: dict[str, Any], at: datetime) -> None:
    person = {"name": name, "profile_url": _link(name), **known}
    targets.add(tx, actor, {"person": person, **fields}, at)


def _write(tx: Transaction, actor: Actor, account_id: str, name: str, at: datetime) -> str:
    """Log an InMail to a person on the list, free if the balance is at most `_MIN_BALANCE`. Returns its id."""
    balance = balances.state_at(tx, account_id, at)[0].balance
    wanted = {
        "recipient": {"name": name, "profile_url": _link(name)},
        "cost": int(balance > _MIN_BALANCE),
        "source": "popup",
    }
    return inmails.log_inmail(tx, actor, account_id, wanted, at).inmail.id


def _add_do_not_contact(tx: Transaction, actor: Actor, at: datetime) -> None:
    name, company = _NOT_TO_CONTACT
    wanted = {"name": name, "profile_url": _link(name), "company": company}
    person = persons.find_or_add(tx, actor, wanted, at).person
    persons.update(tx, actor, person.id, {"do_not_contact": True})
