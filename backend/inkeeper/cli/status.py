"""The command `inkeeper status`: the credits of each account."""

from __future__ import annotations

import json
from typing import Any

import click

from inkeeper.cli.options import account_options, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.wording.terminal import gettext


@click.command(
    help=help_text(
        gettext(
            "Show the credits of each account: how many are left, what is lost next, when new ones come, the pace."
        ),
        gettext(
            "With --json the result has the keys `as_of` and `accounts`. Each account has its `owner`, its `limit` (the"
            " most credits that it keeps, or null), and from the summary of Inkeeper's API, with the same keys and"
            " numbers: `account`, `plan_title`, `balance`, `allotment`, `allotment_months`, `used`, `free_used`,"
            " `period`, `next_loss`, `next_renewal`, `pace`, `observed` and `lost_at_this_rate` (there"
            " `forecast.lost`); `warnings` has the `code`, `severity` and `until` of each. Times are UTC, money is in"
            " the currency's smallest unit."
        ),
        examples=("inkeeper status", "inkeeper status --json | jq '.accounts[].balance'"),
    ),
    short_help=gettext("Show how many credits are left and what is lost next."),
)
@click.option("--json", "as_json", is_flag=True, help=gettext("Print JSON for other programs."))
@account_options
@database_options
def status(account: str | None, owner: str | None, as_json: bool, **flags: Any) -> None:
    """Print the status of each account, or of one."""
    from inkeeper.cli import accounts, status_words
    from inkeeper.cli.failures import failed
    from inkeeper.jsontext import to_json

    now = utc_now()
    with opened_store(**flags) as (store, _):
        chosen = accounts.choose_accounts(store, account, owner)
        found = []
        with store.read() as tx:
            for owned in chosen:
                with accounts.readable(owned):
                    found.append(status_words.read(tx, owned, now))
    if as_json:
        document = to_json({"as_of": now, "accounts": [status_words.as_json(each) for each in found]})
        click.echo(json.dumps(json.loads(document), ensure_ascii=False, indent=2))
    elif found:
        click.echo("\n\n".join(status_words.as_text(each, now) for each in found))
        if others := status_words.other_zones(found, now):
            click.echo("\n" + others)
    else:
        raise failed(accounts.NO_ACCOUNT)
