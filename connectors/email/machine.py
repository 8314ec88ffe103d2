"""Whether a machine wrote a mail, and which kind: one small question a function, one table for their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.email.addresses import message_ids
from connectors.email.mime import Headers, Part, split_head

DAEMONS: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mdaemon"})
AUTO_HEADERS: Final = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
    "x-mail-autoreply",
)
SUPPRESSED: Final = frozenset({"all", "oof", "autoreply"})
AUTO_SUBJECTS: Final = (
    *(
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "autoresponse",
        "out of office",
        "out of the office",
    ),
    *(
        "автоответ",
        "автоматический ответ",
        "нет на месте",
        "відсутній на робочому місці",
        "автоматична відповідь",
    ),
    *("ឆ្លើយតបស្វ័យប្រវត្តិ", "ការឆ្លើយតបដោយស្វ័យប្រវត្តិ"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesend", "réponse automatique", "absence du bureau"),
    *(
        "respuesta automática",
        "fuera de la oficina",
        "risposta automatica",
        "fuori sede",
        "resposta automática",
        "ausência temporária",
    ),
    *(
        "automatyczna odpowiedź",
        "automatisch antwoord",
        "autosvar",
        "automaattinen vastaus",
        "otomatik yanıt",
        "trả lời tự động",
    ),
    *("自动答复", "自動回覆", "自动回复", "自動応答", "자동 회신", "رد تلقائي"),
)
BOUNCE_SUBJECTS: Final = (
    *(
        "undelivered mail",
        "undeliverable",
        "undeliverable:",
        "delivery status notification",
        "mail delivery failed",
        "returned mail",
    ),
    *(
        "failure notice",
        "delivery failure",
        "mail delivery failure",
        "недоставленное сообщение",
        "не удалось доставить",
        "недоставлено",
    ),
)
OUR_HEADER: Final = "x-omnihub-delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the questions may ask. `envelope` is the envelope sender: None when nobody knows it, "" when it is null."""

    headers: Headers
    sender: str
    ours: str
    subject: str
    envelope: str | None
    report: str
    parts: Sequence[Part]

    def value(self, name: str) -> str:
        return self.headers.text(name).lower()


def is_own(look: Look) -> bool:
    """Our own mail, coming back by a forward or a copy."""
    return OUR_HEADER in look.headers or (bool(look.ours) and look.sender == look.ours)


def is_bounce(look: Look) -> bool:
    """RFC 3464, or a daemon's letter in no form at all."""
    if look.report == "delivery-status" or any(part.mime == "message/delivery-status" for part in look.parts):
        return True
    if "x-failed-recipients" in look.headers:
        return True
    daemon = look.sender.partition("@")[0] in DAEMONS
    return daemon and (look.envelope in {"", None} or look.subject.lower().startswith(BOUNCE_SUBJECTS))


def is_auto_submitted(look: Look) -> bool:
    """RFC 3834."""
    value = look.value("auto-submitted").partition(";")[0].strip()
    return bool(value) and value != "no"


def is_vendor_auto(look: Look) -> bool:
    """The headers that came before RFC 3834, and Exchange's."""
    if any(name in look.headers for name in AUTO_HEADERS) or look.value("precedence") in {
        "auto_reply",
        "junk",
    }:
        return True
    suppressed = {word.strip() for word in look.value("x-auto-response-suppress").split(",")}
    return bool(suppressed & SUPPRESSED)


def is_report(look: Look) -> bool:
    """A read receipt or a feedback report."""
    return bool(look.report)


def is_auto_subject(look: Look) -> bool:
    return look.subject.lower().strip(" [(*").startswith(AUTO_SUBJECTS)


def has_no_return(look: Look) -> bool:
    """A null envelope sender: by RFC 5321 nothing may be answered to it."""
    return look.envelope == ""


def is_list(look: Look) -> bool:
    """A mailing list or a newsletter; not the group that our own address is."""
    if _is_our_group(look):
        return False
    if (
        "list-id" in look.headers
        or "list-post" in look.headers
        or look.value("precedence") in {"bulk", "list"}
    ):
        return True
    return "list-unsubscribe" in look.headers and "in-reply-to" not in look.headers


RULES: Final[tuple[tuple[str, Callable[[Look], bool]], ...]] = (
    ("own", is_own),
    ("bounce", is_bounce),
    ("auto-reply", is_auto_submitted),
    ("auto-reply", is_vendor_auto),
    ("auto-reply", is_report),
    ("auto-reply", is_auto_subject),
    ("auto-reply", has_no_return),
    ("list", is_list),
)


def kind_of(look: Look) -> str:
    """The first rule that says yes names the machine; empty for a person."""
    return next((kind for kind, asks in RULES if asks(look)), "")


def failed_ids(parts: Sequence[Part]) -> tuple[str, ...]:
    """Message ids that a bounce returns as undeliverable; none if it tells of a delay or a success only."""
    status = b"\n".join(part.content()[:65_536] for part in parts if part.mime == "message/delivery-status")
    actions = set(re.findall(rb"(?im)^action:[ \t]*([a-z]+)", status))
    if actions and b"failed" not in actions:
        return ()
    found: list[str] = []
    for part in parts:
        if part.mime in {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}:
            found += message_ids(split_head(part.content().lstrip())[0].raw("message-id"))
    if not found:
        text = b"\n".join(part.content()[:65_536] for part in parts if part.mime == "text/plain")
        for match in re.findall(rb"(?im)^[> \t]*message-id:[ \t]*(<[^<>\r\n]{3,900}>)", text):
            found += message_ids(match.decode("utf-8", "replace"))
    return tuple(dict.fromkeys(found))[:20]


def _is_our_group(look: Look) -> bool:
    if not look.ours:
        return False
    named = look.value("list-id") + " " + look.value("list-post")
    return look.ours in named or f"<{look.ours.replace('@', '.')}>" in named
