"""One websocket of the Chrome DevTools Protocol: it reaches what WebDriver cannot (toolbar, popup, worker)."""

from __future__ import annotations

import json
from typing import Any

import websocket

ANSWER_SECONDS = 30


class CdpError(RuntimeError):
    """The browser refused a command."""


class PageGoneError(CdpError):
    """The page closed before it answered."""


class Connection:
    """Commands and their answers, one at a time. Of events only a page's end is heard."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(url, suppress_origin=True, timeout=ANSWER_SECONDS)
        self._last_id = 0

    def call(self, method: str, params: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """The result of one command, sent to the browser itself or to an attached target's session."""
        self._last_id += 1
        command: dict[str, Any] = {"id": self._last_id, "method": method, "params": params or {}}
        if session:
            command["sessionId"] = session
        self._socket.send(json.dumps(command))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Target.detachedFromTarget" and answer["params"]["sessionId"] == session:
                raise PageGoneError(method)
            if answer.get("id") != self._last_id:
                continue
            if "error" in answer:
                raise CdpError(f"{method}: {answer['error'].get('message')}")
            return answer["result"]

    def targets(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Everything that runs in the browser; with `kind` only that type (page, tab, service_worker)."""
        every = self.call("Target.getTargets", {"filter": [{}]})["targetInfos"]
        return [target for target in every if kind is None or target["type"] == kind]

    def attach(self, target_id: str) -> str:
        """A session on one target."""
        return self.call("Target.attachToTarget", {"targetId": target_id, "flatten": True})["sessionId"]

    def close(self) -> None:
        """Ends the connection; the browser goes on."""
        self._socket.close()
