"""Mail that came back: RFC 3464, or a daemon's letter in no form at all."""

from __future__ import annotations

import re
from typing import Final

from connectors.email.bounces.notice import notice_of, tells_of_failure
from connectors.email.machines.look import Look
from connectors.email.read.addresses import addresses
from connectors.email.read.mime import split_head

DAEMONS: Final = frozenset({"mailerdaemon", "mdaemon", "maildaemon", "ndr", "maildeliverysubsystem"})
MASTERS: Final = frozenset(
    {
        *(
            "postmaster",
            "mailadm",
            "mailadmin",
            "mailmaster",
            "mailer",
            "mailsystem",
            "maildelivery",
            "mailgateway",
        ),
        *("bounce", "bounces", "nobody", "root"),
    }
)
"""Names before the @, without the marks in them."""
MARKS: Final = re.compile(r"[._+\-]")
NO_REPLY: Final = re.compile(r"(?:do)?(?:no|not)reply|notification|robot|automat|system|gateway|delivery")
NAMES: Final = (
    "mail delivery",
    "delivery subsystem",
    "mailer-daemon",
    "mail system",
    "postmaster",
    "mailer daemon",
)
MACHINES: Final = (
    *("system", "admin", "server", "service", "gateway", "mail", "daemon", "delivery", "security", "robot"),
    *("notif", "система", "сервер", "системе"),
)
SUBJECTS: Final = (
    *(
        "mail delivery",
        "undelivered mail",
        "undeliverable",
        "undeliverable:",
        "delivery status notification",
        "mail delivery fail",
    ),
    *(
        "returned mail",
        "returned message",
        "failure notice",
        "delivery failure",
        "failure delivery",
        "delivery notification",
    ),
    *(
        "mail failure",
        "failed mail",
        "delivery report",
        "mail could not be",
        "mail not delivered",
        "mail delivery problem",
    ),
    *(
        "message delivery failure",
        "[postmaster] email delivery",
        "non delivery",
        "nondeliverable",
        "non-delivery",
    ),
    *(
        "message delayed",
        "delayed mail",
        "delivery delayed",
        "warning: message",
        "warning: could not send",
        "mail error",
    ),
    *(
        "mail system error",
        "message status - undeliverable",
        "your message couldn't be delivered",
        "rejected:",
    ),
    *(
        "недоставленное сообщение",
        "не удалось доставить",
        "недоставлено",
        "сообщение не доставлено",
        "ваше сообщение не",
    ),
    *(
        "недоставлене повідомлення",
        "не вдалося доставити",
        "unzustellbar",
        "nicht zustellbar",
        "zustellung fehlgeschlagen",
    ),
    *(
        "non remis",
        "échec de la remise",
        "non distribuable",
        "no se puede entregar",
        "no entregado",
        "mensaje no entregado",
    ),
    *(
        "impossibile recapitare",
        "mancato recapito",
        "não foi possível entregar",
        "não entregue",
        "niedostarczalne",
    ),
    *(
        "nie można dostarczyć",
        "onbestelbaar",
        "kan inte leverera",
        "olevererbart",
        "teslim edilemedi",
        "无法投递",
        "系统退信",
    ),
    *(
        "退信",
        "無法傳遞",
        "配信不能",
        "配信できません",
        "送信できません",
        "배달되지 않음",
        "메일 전송 실패",
        "تعذر التسليم",
        "không gửi được",
    ),
)


def asks(look: Look) -> bool:
    if look.report == "delivery-status" or look.has_part("message/delivery-status"):
        return True
    if (
        "x-failed-recipients" in look.headers
        or look.value("content-type").find("report-type=delivery-status") >= 0
    ):
        return True
    local = MARKS.sub("", look.local)
    if local in DAEMONS or local.startswith(("microsoftexchange", "mailerdaemon")) or _is_nobody(look):
        return True
    if "rejected" in look.value("auto-submitted"):
        return True
    is_null = look.envelope == "" or MARKS.sub("", look.envelope or "") in DAEMONS
    subject = look.subject.lower()
    titled = subject.lstrip(" *[").startswith(SUBJECTS) or "delivery failed" in subject
    if local in MASTERS or any(name in look.sender_name.lower() for name in NAMES):
        return titled or is_null or _says_so(look)
    if _returns_ours(look) and (is_null or NO_REPLY.search(local)):
        return _says_so(look)
    if not titled or "in-reply-to" in look.headers or (not is_null and _is_personal(look)):
        return False
    return _says_so(look)


def _is_personal(look: Look) -> bool:
    """Somebody with a name who tells of a bounce, without the mail that came back."""
    name = look.sender_name.lower()
    if not name or any(word in name for word in MACHINES):
        return False
    return not look.has_part("message/rfc822", "text/rfc822-headers")


def _returns_ours(look: Look) -> bool:
    """Whether a mail of ours is enclosed."""
    enclosed = [part for part in look.parts if part.mime in {"message/rfc822", "text/rfc822-headers"}][:5]
    heads = (split_head(part.content()[:65_536].lstrip())[0] for part in enclosed)
    return any(look.ours in {one.value for one in addresses(head.raw("from"))} for head in heads)


def _is_nobody(look: Look) -> bool:
    return not look.sender and bool(look.sender_name)


def _says_so(look: Look) -> bool:
    return tells_of_failure(notice_of(look.parts))
