"""The shape of the functions: the transaction is their first parameter, and an actor says whose data it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkeeper.errors import Problem
from inkeeper.services import access
from inkeeper.services.access import Actor
from inkeeper.storage.database import Store
from tests.seat import Seat

PACKAGE = Path(__file__).parents[1] / "backend" / "inkeeper"


def functions(folder: Path) -> Iterator[tuple[str, list[ast.arg]]]:
    """Each function by file and name, with its parameters (`self` left out)."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                yield f"{path.relative_to(PACKAGE)}: {node.name}", [each for each in given if each.arg != "self"]


def is_transaction(parameter: ast.arg) -> bool:
    return parameter.annotation is not None and ast.unparse(parameter.annotation) == "Transaction"


def test_the_transaction_is_the_first_parameter() -> None:
    found = {name: given for name, given in functions(PACKAGE) if any(map(is_transaction, given))}

    assert len(found) > 300
    assert [name for name, given in found.items() if given[0].arg != "tx" or not is_transaction(given[0])] == []


@pytest.mark.parametrize("folder", ["services", "api", "web"])
def test_an_actor_says_whose_data_it_is(folder: str) -> None:
    bare = [name for name, given in functions(PACKAGE / folder) if any(each.arg == "owner_id" for each in given)]

    assert bare == []


def test_what_is_somebody_elses_is_not_found(store: Store, seat: Seat) -> None:
    account_id = seat.account["id"]
    with store.read() as tx:
        ((owner_id, device_id),) = tx.execute("SELECT owner_id, id FROM device").fetchall()
        owner, stranger = Actor(owner_id), Actor("somebody else")

        assert access.owned_account(tx, owner, account_id).id == account_id
        assert access.owned_device(tx, owner, device_id).id == device_id
        for owned, its_id in ((access.owned_account, account_id), (access.owned_device, device_id)):
            for actor, asked in ((stranger, its_id), (owner, "none")):
                with pytest.raises(Problem) as caught:
                    owned(tx, actor, asked)
                assert (caught.value.status, caught.value.code) == (404, "not_found")


def test_an_actor_without_a_device_says_so() -> None:
    with pytest.raises(ValueError, match="no device"):
        Actor("me").device  # noqa: B018 (reading it is what fails)
