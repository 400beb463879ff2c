"""A real mail server on this machine, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "kai@example.org", "s3cret/pass word"


class MailServer:
    """Takes mail until it is closed. `answers` holds what it says to MAIL, RCPT, DATA or QUIT instead of yes; at the
    answer `hang up` it ends the connection.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, login: bool = False
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str | None, list[str]]] = []
        self.answers: dict[str, str] = {}
        self.logins = 0
        self._options: dict[str, Any] = {
            "tls_context": starttls,
            "require_starttls": starttls is not None,
            # It does not count encryption from the first byte as encryption, and warns.
            "auth_required": login and tls is None,
            "auth_require_tls": tls is None,
            "authenticator": self._log_in,
            "hostname": "mail.example",
        }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.port: int = self._run(self._listen(tls))

    def close(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self, tls: ssl.SSLContext | None) -> int:
        self._server = await self._loop.create_server(
            lambda: SMTP(self, loop=self._loop, **self._options), "127.0.0.1", 0, ssl=tls
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, sent: LoginPassword
    ) -> AuthResult:
        self.logins += 1
        right = (sent.login, sent.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's names)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(server, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer(server, "RCPT")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._answer(server, "DATA")
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.messages.append(message_from_bytes(envelope.content, policy=default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return answer

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return self._answer(server, "QUIT")

    def _answer(self, server: SMTP, command: str) -> str:
        answer = self.answers.get(command, "250 OK")
        if answer == "hang up":
            assert server.transport is not None
            server.transport.abort()
        return answer
