"""Idempotent writes: a repeated request with the same `Idempotency-Key` is done once."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from flask import Response, request

from inkeeper.api.context import actor, now, store
from inkeeper.errors import invalid
from inkeeper.services.idempotency import run_once
from inkeeper.storage.transaction import Transaction

_KEY = re.compile(r"[!-~]{1,128}", re.ASCII)


def write_once(
    account_id: str | None,
    work: Callable[[Transaction], tuple[int, Any]],
    body_digest: str | None = None,
    *,
    brief: bool = False,
) -> Response:
    """Run `work` in one write transaction and respond with the status and body it returns.

    - With an `Idempotency-Key` header `work` runs once; a repeated request gets the stored response.
    - `account_id` is the account to lock, None for no account.
    - `body_digest` replaces the body in the comparison of requests if the body was already consumed.
    - `brief` work takes milliseconds, not seconds: several such writes may share one commit.
    - An exception from `work` undoes its changes.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and _KEY.fullmatch(key) is None:
        raise invalid("Idempotency-Key", "Must be 1 to 128 visible ASCII characters.")
    status, body, replayed = run_once(
        store(), actor().device, key, _request_hash(body_digest), account_id, work, now(), brief=brief
    )
    response = Response(body, status, content_type="application/json")
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def secret_from(purpose: str, salt: str) -> str:
    """Derive a secret from the request's token and a salt.

    Responses of writes are stored for repeated requests. The stored response has the salt only, and the database does
    not hold the token, so the secret cannot be derived from the database alone.
    """
    token = request.headers["Authorization"].partition(" ")[2].strip()
    digest = hmac.digest(token.encode("utf-8", "surrogateescape"), f"{purpose} {salt}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _request_hash(body_digest: str | None) -> str:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode("utf-8", "surrogateescape"))
    digest.update(request.get_data() if body_digest is None else body_digest.encode())
    return digest.hexdigest()
