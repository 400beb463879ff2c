"""Sends one message to a mail server, and distinguishes refused messages from unconfirmed ones."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from inkeeper.reasons import Reason, reason
from inkeeper.settings import MailSettings
from inkeeper.wording.reasons import english

_TIMEOUT_SECONDS = 30
_LONGEST_REPLY = 200

# The name in EHLO: an address literal, which does not reveal the machine's name.
_OWN_NAME = "[127.0.0.1]"

_YES, _NO = range(200, 300), range(400, 600)


class _NotSent(Exception):
    """Why the message was not sent for sure: a reason, or the words of the server or the system."""

    def __init__(self, why: Reason | str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return english(self.why)


class MailRefused(_NotSent):
    """The server refused the message. It may be sent again."""


class MailUnconfirmed(_NotSent):
    """The message was sent, but the server never confirmed it. It is unknown whether it was accepted."""


@contextmanager
def offered(settings: MailSettings, message: bytes) -> Iterator[Callable[[], None]]:
    """Connect to the server and let it accept sender and recipient. Yields the function that sends the message.

    Raises MailRefused before the message is sent, and if the server refuses it; MailUnconfirmed if the connection
    breaks before the server replies. Their texts never contain user or password.
    """
    try:
        smtp = _connected(settings)
        try:
            _accepted(*smtp.mail(settings.sender))
            _accepted(*smtp.rcpt(settings.recipient))
            yield lambda: _hand_over(smtp, message)
        finally:
            # An accepted message stays accepted, even if QUIT fails.
            with suppress(OSError):
                smtp.quit()
            smtp.close()
    except OSError as error:  # smtplib's errors are of this kind, too
        raise MailRefused(_reason(error)) from None


def _connected(settings: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if settings.encryption == "tls":
        smtp = smtplib.SMTP_SSL(settings.host, settings.port, _OWN_NAME, timeout=_TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(settings.host, settings.port, _OWN_NAME, timeout=_TIMEOUT_SECONDS)
    try:
        if settings.encryption == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if settings.user and settings.password:
            smtp.login(settings.user, settings.password)
    except UnicodeError:
        smtp.close()
        raise MailRefused(reason("mail.cannot_send")) from None
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, message: bytes) -> None:
    try:
        _accepted(*smtp.data(message))
    except OSError as error:
        if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in _NO:
            raise MailRefused(_reason(error)) from None
        raise MailUnconfirmed(_reason(error)) from None


def _accepted(code: int, text: bytes) -> None:
    if code not in _YES:
        raise smtplib.SMTPResponseException(code, text)


def _reason(error: OSError) -> Reason | str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # The reply's text is left out: a server may repeat in it what it was sent.
        return reason("mail.wrong_password", code=str(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        printable = "".join(character if character.isprintable() else " " for character in text)
        return f"{error.smtp_code} {printable[:_LONGEST_REPLY]}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return reason("mail.certificate", reason=error.verify_message)
    return error.strerror or str(error) or type(error).__name__
