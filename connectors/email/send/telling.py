"""What was said to mail servers and the lines they answered by, for the channel's log."""

from __future__ import annotations

import re
import time

from aiosmtplib.errors import SMTPResponseException

from connectors.contract import Exchange
from connectors.email.send.render import Rendered
from connectors.email.spec import Server
from connectors.overheard import say
from values.texts import one_line


def signed_in(server: Server, protocol: str, began: float, *, reason: str = "") -> None:
    """For the channel's log: a connection that was opened, as whom, and why it was not."""
    who = f" as {server.user}" if server.token or server.password else ""
    say(
        Exchange(
            protocol=protocol,
            request=f"SIGN IN {server.host}:{server.port} ({server.security}){who}",
            answer=b"" if reason else b"OK",
            reason=one_line(reason, 500),
            seconds=time.monotonic() - began,
        )
    )


def mail_told(
    server: Server, mail: Rendered, began: float, *, status: int | None, answer: str = "", reason: str = ""
) -> None:
    """For the channel's log: which mail went to which server, and the line it was answered by."""
    to = ", ".join((mail.recipient, *mail.copies))
    say(
        Exchange(
            protocol="smtp",
            request=f"MAIL {server.host}:{server.port} from {mail.sender} to {to}, {len(mail.body):,} bytes",
            sent=mail.body,
            status=status,
            answer=answer.encode(),
            reason=reason,
            seconds=time.monotonic() - began,
        )
    )


def code_of(error: BaseException) -> int | None:
    """The number of the answer that an outcome was read from."""
    cause = error.__cause__
    if isinstance(cause, SMTPResponseException):
        return cause.code
    found = re.search(r"answered \w+ with (\d{3})", str(error))
    return int(found[1]) if found else None
