"""The human part of a bounce: the daemon's own words, without the mail that it returns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.email.quoted.html_text import lines_of
from connectors.email.read.decode import text_of
from connectors.email.read.mime import Part

SIZE: Final = 32 * 1024
RETURNED: Final = re.compile(
    r"(?im)^[ \t>*#=_|-]{0,80}(?:"
    r"(?:the )?(?:original|unsent|returned|rejected|undelivered) (?:message|mail|e-mail"
    r"|text)\b(?! was received)(?! sent)"
    r"|(?:here is |this is |below is |below this line is )?(?:a |the )?(?:copy|first part) of (?:the|your"
    r"|this) "
    r"|below this line is|start of returned|message headers? follow|headers? of the (?:source|original)"
    r"|(?:your|the) message (?:follows|reads|is attached)|message text follows|message contains"
    r"|forwarded message"
    r"|(?:original )?message (?:details|headers?|body)\b|исходное сообщение|текст (?:исходного"
    r"|вашего) (?:письма|сообщения)"
    r"|оригинальное сообщение|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|原始邮件"
    r").{0,120}$"
)
HEADER: Final = re.compile(
    r"(?m)^[>| \t]{0,8}(?:Received|Return-Path|DKIM-Signature|X-Received|Message-ID|MIME-Version):[ \t]", re.I
)
FAILS: Final = re.compile(
    r"(?i)not able to deliver|has been postponed|exceeding their quota|(?:could|can|can't|couldn't|was"
    r"|were|has|have)(?: ?not| n't)?(?: been| be)? (?:not )?(?:be )?deliver"
    r"|undeliver|not (?:be )?(?:delivered|reached)|un(?:able|known) (?:to deliver|user)|user unknown"
    r"|failed (?:to deliver|recipient)"
    r"|delivery (?:has |to the following |attempt )?(?:failed|failure|delayed|problem)|returned mail"
    r"|could not be sent"
    r"|no such (?:user|address|mailbox)|recipients? (?:unknown|could|did not|were)|delivery failed"
    r"|permanent(?:ly)? (?:fatal )?(?:error|fail)"
    r"|mailbox (?:is )?(?:full|unavailable)|over ?quota|\b5\d\d[ -]5\.\d\.\d|\bdelayed\b"
    r"|not yet (?:been )?delivered|fatal errors"
    r"|не (?:может быть|было|удалось) (?:доставлен|доставить)|недоставлен|не доставлен|не вдалося доставити"
    r"|nicht (?:zugestellt|zustellbar)|unzustellbar|pas (?:pu )?être (?:remis|distribué)|no se (?:pudo"
    r"|ha podido) entregar"
    r"|non (?:è stato possibile|recapitat)|não (?:pôde|foi) (?:ser )?entreg|nie (?:można|mogła) .{0,20}dostarcz"
    r"|无法(?:投递|送达|发送)|無法(?:傳遞|遞送)|配信(?:でき|不能)|전송(?:할 수 없|되지 않)|배달(?:되지|할 수)"
)


def notice_of(parts: Sequence[Part]) -> str:
    """The text of the first readable parts before what is returned; markup removed."""
    found: list[str] = []
    for part in parts[:20]:
        if part.mime in {"message/rfc822", "message/global", "text/rfc822-headers"}:
            break
        if part.mime == "text/plain":
            found.append(text_of(part.content()[:SIZE], part.charset))
        elif part.mime == "text/html" and not "".join(found).strip():
            html = text_of(part.content()[:SIZE], part.charset)
            found.append("\n".join(line.text for line in lines_of(html)))
    return without_returned("\n".join(found))


def without_returned(text: str) -> str:
    """Cut where the returned mail begins, if something was said before."""
    text = text[:SIZE]
    cuts = [found.start() for pattern in (RETURNED, HEADER) if (found := _later(pattern, text))]
    return text[: min(cuts)] if cuts else text


def tells_of_failure(notice: str) -> bool:
    return bool(FAILS.search(notice[:8192]))


def _later(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first find that has an address or a failure before it: some daemons begin with the header they return."""
    for found in pattern.finditer(text):
        before = text[: found.start()]
        if "@" in before or len(before.strip()) > 200:
            return found
    return None
