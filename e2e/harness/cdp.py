"""A websocket of the Chrome DevTools Protocol, for what WebDriver cannot control (toolbar, popup, worker)."""

from __future__ import annotations

import json
from typing import Any

import websocket

ANSWER_SECONDS = 30


class CdpError(RuntimeError):
    """The browser refused a command."""


class PageGoneError(CdpError):
    """The page closed before it responded."""


class NavigatedError(CdpError):
    """The page loaded another document before it responded."""


class PageCrashedError(RuntimeError):
    """The page's process crashed. The tab stays as it is until another browser is started."""


class Connection:
    """Sends commands and waits for their results, one at a time. Ignores events except a page's end or crash."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(url, suppress_origin=True, timeout=ANSWER_SECONDS)
        self._last_id = 0
        self._crashed: set[str | None] = set()  # the sessions of crashed pages, which never answer

    def call(self, method: str, params: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """Sends one command to the browser or to an attached target's session; returns its result."""
        self._last_id += 1
        command: dict[str, Any] = {"id": self._last_id, "method": method, "params": params or {}}
        if session:
            command["sessionId"] = session
        self._socket.send(json.dumps(command))
        while session not in self._crashed:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Target.detachedFromTarget" and answer["params"]["sessionId"] == session:
                raise PageGoneError(method)
            if answer.get("method") == "Inspector.targetCrashed":
                self._crashed.add(answer["sessionId"])
            if answer.get("id") != self._last_id:
                continue
            if "error" in answer:
                message = str(answer["error"].get("message"))
                raise (NavigatedError if "navigated" in message else CdpError)(f"{method}: {message}")
            return answer["result"]
        raise PageCrashedError(method)

    def targets(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The targets of the browser; with `kind`, only that type (page, tab, service_worker)."""
        every = self.call("Target.getTargets", {"filter": [{}]})["targetInfos"]
        return [target for target in every if kind is None or target["type"] == kind]

    def attach(self, target_id: str) -> str:
        """Attaches to a target; returns the session id."""
        return self.call("Target.attachToTarget", {"targetId": target_id, "flatten": True})["sessionId"]

    def close(self) -> None:
        """Closes the connection; the browser keeps running."""
        self._socket.close()
