"""Writes over HTTP: each done once, however often it is sent."""

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
    account_id: str | None, work: Callable[[Transaction], tuple[int, Any]], body_digest: str | None = None
) -> Response:
    """Do `work` in one write and answer with the status and body it returns; with `Idempotency-Key`, only once.

    `account_id` is the account written to, None for none; `body_digest` stands for the request's body where that has
    been read already. What `work` raises undoes the write.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and _KEY.fullmatch(key) is None:
        raise invalid("Idempotency-Key", "Must be 1 to 128 visible ASCII characters.")
    status, body, replayed = run_once(store(), actor().device, key, _request_hash(body_digest), account_id, work, now())
    response = Response(body, status, content_type="application/json")
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def secret_from(purpose: str, salt: str) -> str:
    """A secret that cannot be guessed, nor be derived from what is stored.

    The answer to a write is stored, so that the same request sent again gets it again. With the salt alone in it the
    database does not hold the secret; the client that sends the request has the token that it takes to derive it.
    """
    token = request.headers["Authorization"].partition(" ")[2].strip()
    digest = hmac.digest(token.encode("utf-8", "surrogateescape"), f"{purpose} {salt}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _request_hash(body_digest: str | None) -> str:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode("utf-8", "surrogateescape"))
    digest.update(request.get_data() if body_digest is None else body_digest.encode())
    return digest.hexdigest()
