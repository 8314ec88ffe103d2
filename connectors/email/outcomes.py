"""What a mail server's refusing answer and a broken line mean. Pure."""

from __future__ import annotations

import re
from typing import Final

from aiosmtplib import SMTPResponse, SMTPResponseException

from connectors.contract import CredentialsDead, PersonUnreachable, Refused, SendError, TryAgain
from values.sentences import phrase, tidied
from values.texts import one_line

GREYLIST: Final = 300.0
ENHANCED: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
POLICY: Final = re.compile(
    r"relay|spam|block|policy|denied|reject|reputation|blacklist|listed|dmarc|spf|size|quota|full",
    re.IGNORECASE,
)


def reason(error: BaseException) -> str:
    """A broken line in a few words."""
    return tidied(str(error) or type(error).__name__, lambda words: one_line(words, 300))


def judged(response: SMTPResponse | SMTPResponseException, *, at: str) -> SendError:
    """What a refusing answer means. `at` is the command it answers: MAIL, RCPT or DATA."""
    code, said = response.code, one_line(response.message, 300)
    words = phrase("The mail server answered {command} with {code} {said}", command=at, code=code, said=said)
    found = ENHANCED.search(said)
    detail = (found[2], found[3]) if found else ("", "")
    if code in {530, 534, 535, 538} and at != "RCPT":
        return CredentialsDead(words)
    if code < 500:
        return TryAgain(words, after=GREYLIST if code in {450, 451} and at == "RCPT" else None)
    if at == "RCPT" and _is_no_such_person(code, detail, said):
        return PersonUnreachable(words)
    return PersonUnreachable(words) if detail in {("1", "1"), ("1", "10"), ("1", "6")} else Refused(words)


def _is_no_such_person(code: int, detail: tuple[str, str], said: str) -> bool:
    if detail[0]:
        return (detail[0] == "1" and detail[1] not in {"7", "8"}) or detail == ("2", "1")
    return code in {550, 551, 553} and not POLICY.search(said)
