"""From a bounce's parts to failures, the surest source first: status report, header of failed recipients, plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.contract import Failure
from connectors.email.bounces.notice import notice_of
from connectors.email.bounces.reasons import LATE, OTHER, Reason, reason_of
from connectors.email.bounces.recipients import Named, about, named_in
from connectors.email.bounces.status import FAILED, RecipientStatus, told_by
from connectors.email.read.addresses import addresses, message_ids
from connectors.email.read.decode import text_of
from connectors.email.read.mime import Headers, Part, leaves, split_head

RETURNED: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
)
ID_LINE: Final = re.compile(r"(?im)^[>| \t]*message-id:[ \t]*(?:\n[ \t]+)?(<[^<>\r\n]{3,900}>)")
TO_LINE: Final = re.compile(r"(?im)^[>| \t]*to:[ \t]*([^\n]{3,500})$")
PASSING: Final = re.compile(
    r"(?i)\bdelayed\b|still being (?:re)?tried|warning only|will (?:continue|keep|be) (?:re)?try"
    r"|attempts will continue|not yet (?:been )?(?:able|delivered|received)"
    r"|not been delivered yet|could not be delivered for|will be retried|keep(?:s)? (?:on )?trying"
    r"|no need to resend|do not need to resend"
    r"|\bpostponed\b|continue to try|temporarily (?:delayed|deferred)|delivery (?:is )?delayed"
    r"|пока не доставлен|попытки .{0,40}продолж|wird weiterhin versucht"
)
GIVEN_UP: Final = re.compile(
    r"(?i)(?<!will )giv(?:e|en|ing) up|not going to try again|permanent (?:fatal )?error"
    r"|been in the queue too long|final failure|no further attempts"
)
TAKEN: Final = re.compile(r"(?<![\d.])2[0-5]\d[ -]2\.\d{1,3}\.\d{1,3}(?![\d.])")
MOST: Final = 50
SIZE: Final = 1024 * 1024


def failures_of(
    headers: Headers, parts: Sequence[Part], *, ids: Sequence[str], ours: str, sender: str
) -> tuple[Failure, ...]:
    """One failure a recipient; one without a recipient if nothing names any. None for a report of success."""
    parts = with_inner_report(parts)
    ident = ids[0] if ids else ""
    notice = notice_of(parts)
    told = _reported(parts, notice)
    if told:
        known = [each.recipient for each in told]
        return tuple(_of_report(each, notice, ident, known) for each in told if _is_failure(each))[:MOST]
    passing = _is_passing(headers, notice)
    named = _named(headers, parts, notice, ours=ours, domain=sender.rpartition("@")[2])
    if not named:
        named = [Named(address="", words=notice[:4000])]
    known = [each.address for each in named]
    failed = [each for each in named if not _is_taken(each, notice, known)]
    return tuple(_of_words(each, notice, ident, passing=passing, known=known) for each in failed)


def is_delivered(parts: Sequence[Part]) -> bool:
    """Whether a report says that all it names have the mail, among them somebody whom the mail is for."""
    parts = with_inner_report(parts)
    told = _reported(parts, "")
    if not told or any(each.action != "delivered" for each in told):
        return False
    to = {address.value for value in _to_fields(parts) for address in addresses(value)}
    return not to or any(each.recipient.lower() in to for each in told)


def with_inner_report(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts, and those of a report that a gateway has wrapped as a mail within the mail."""
    if any(part.mime.endswith("delivery-status") for part in parts):
        return parts
    for part in parts:
        if part.mime == "message/rfc822" and b"delivery-status" in (data := part.content())[:8192]:
            return list(leaves(data[:SIZE]))
    return parts


def original_ids(parts: Sequence[Part]) -> tuple[str, ...]:
    """Message-IDs of the mail that a bounce returns, wherever it stands."""
    parts = with_inner_report(parts)
    found: list[str] = []
    for part in parts:
        if part.mime in RETURNED:
            found += message_ids(split_head(part.content()[:65_536].lstrip())[0].raw("message-id"))
    for part in parts if not found else ():
        if part.mime.startswith("text/"):
            text = text_of(part.content()[:65_536], part.charset)
            found += [ident for match in ID_LINE.findall(text) for ident in message_ids(match)]
    return tuple(dict.fromkeys(found))[:20]


def _reported(parts: Sequence[Part], notice: str) -> list[RecipientStatus]:
    told: list[RecipientStatus] = []
    for part in parts:
        if part.mime in {
            "message/delivery-status",
            "message/global-delivery-status",
            "message/disposition-notification",
        }:
            told += told_by(text_of(part.content()[:262_144], part.charset))
    if not told and "-recipient:" in notice.lower():
        told = told_by(notice)
    return list({each.recipient.lower(): each for each in reversed(told)}.values())[::-1]


def _is_failure(told: RecipientStatus) -> bool:
    """An action that no standard knows fails nothing where the code says success."""
    if told.action in {"delivered", "relayed", "expanded", "deliverable"}:
        return False
    return told.action in {"failed", "delayed"} or not told.status.startswith("2")


def _of_report(told: RecipientStatus, notice: str, ident: str, known: Sequence[str]) -> Failure:
    if told.action == "delayed":
        return Failure(external_id=ident, recipient=told.recipient, reason=LATE.sentence, final=False)
    code = (FAILED.findall(told.diagnostic) or [""])[0]
    status = told.status if told.status[1:] not in {"", ".0.0"} or not code else code
    reason = reason_of(told.diagnostic, status=status)
    if reason.sentence == OTHER.sentence:
        reason = reason_of(about(told.recipient, notice, known) or notice[:2000], status=status)
    return _failure(ident, told.recipient, reason)


def _is_taken(named: Named, notice: str, known: Sequence[str]) -> bool:
    """Whether nothing but a success is told of a recipient: 250 2.1.5 Ok."""
    words = about(named.address, notice, known) or named.words
    return bool(TAKEN.search(words)) and not FAILED.search(notice) and reason_of(notice) == OTHER


def _of_words(named: Named, notice: str, ident: str, *, passing: bool, known: Sequence[str]) -> Failure:
    """What stands at the recipient's name counts, wherever it is named; only where that tells nothing, the whole."""
    if passing:
        return Failure(external_id=ident, recipient=named.address, reason=LATE.sentence, final=False)
    words = about(named.address, notice, known) or named.words
    status = (FAILED.findall(words) or FAILED.findall(notice) or [""])[0]
    reason = reason_of(words, status=(FAILED.findall(words) or [""])[0])
    if reason.sentence == OTHER.sentence:
        reason = reason_of(notice, status=status)
    return _failure(ident, named.address, reason)


def _failure(ident: str, recipient: str, reason: Reason) -> Failure:
    return Failure(external_id=ident, recipient=recipient, reason=reason.sentence, dead=reason.dead)


def _named(headers: Headers, parts: Sequence[Part], notice: str, *, ours: str, domain: str) -> list[Named]:
    listed = addresses(headers.raw("x-failed-recipients"))
    if listed:
        return [Named(address=each.raw, words=notice[:2000]) for each in listed[:MOST]]
    named = named_in(notice, ours=ours, domain=domain)
    if named:
        return named
    to = [address for value in _to_fields(parts) for address in addresses(value) if address.value != ours]
    return [Named(address=to[0].raw, words=notice[:4000])] if len({each.value for each in to}) == 1 else []


def _to_fields(parts: Sequence[Part]) -> list[str]:
    """The To fields of what is returned: enough to name the recipient if there was just one (and no list)."""
    heads = [split_head(part.content()[:65_536].lstrip())[0] for part in parts if part.mime in RETURNED]
    if any("to" in head for head in heads):
        return [head.raw("to") for head in heads if "list-id" not in head]
    texts = [
        text_of(part.content()[:65_536], part.charset) for part in parts[:5] if part.mime.startswith("text/")
    ]
    return [value for text in texts for value in TO_LINE.findall(text)[:1]]


def _is_passing(headers: Headers, notice: str) -> bool:
    if GIVEN_UP.search(notice):
        return False
    subject = headers.text("subject")
    return bool(PASSING.search(subject) or PASSING.search(notice))
