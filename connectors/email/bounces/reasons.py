"""Why a mail came back, in plain words, and whether the address is dead: a table over the daemon's words and its codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connectors.email.marked import N_


@dataclass(frozen=True, slots=True)
class Reason:
    """`dead`: the address takes no mail at all, whatever is sent."""

    sentence: str
    dead: bool = False


NO_SUCH: Final = Reason(N_("There is no such address."), dead=True)
OFF: Final = Reason(N_("The mailbox is switched off."), dead=True)
NO_DOMAIN: Final = Reason(N_("The domain of this address does not exist or takes no mail."), dead=True)
FULL: Final = Reason(N_("The mailbox is full."))
LARGE: Final = Reason(N_("The mail is too large for the recipient's server."))
SPAM: Final = Reason(N_("The recipient's server took the mail for spam."))
UNSIGNED: Final = Reason(
    N_("The recipient's server asks for proof that the mail is ours (SPF, DKIM or DMARC).")
)
BLOCKED: Final = Reason(N_("The recipient's server takes no mail from our server or address."))
CONTENT: Final = Reason(N_("The recipient's server refuses the content or an attachment."))
SLOWER: Final = Reason(N_("The recipient's server wants mail more slowly."))
AWAY: Final = Reason(N_("The recipient's server could not be reached."))
LOOP: Final = Reason(N_("The mail went round in a circle: the address is forwarded wrongly."))
RELAY: Final = Reason(N_("The server that was asked does not take mail for this address."))
LATE: Final = Reason(N_("Not delivered yet; it is still being tried."))
OTHER: Final = Reason(N_("The mail came back."))

WORDS: Final[tuple[tuple[str, Reason], ...]] = (
    (
        (
            r"over ?quota|quota (?:exceeded|violation)|exceeded .{0,30}quota|mail ?box (?:is )?(?:full"
            r"|too large)|out of storage"
            r"|insufficient (?:disk|storage)|inbox is (?:already )?full|not enough (?:disk )?(?:space|room)"
            r"|box space|disk quota"
            r"|переполнен|превышен.{0,20}квот|kontingent|postfach (?:ist )?voll|boîte .{0,20}pleine"
            r"|buz[óo]n .{0,15}llen[oa]|容量不足|已满"
        ),
        FULL,
    ),
    (
        (
            r"message (?:size|is too large|too large|too big)|size (?:limit|exceed)"
            r"|maximum (?:incoming )?(?:message|mail) size|too large"
            r"|exceeds .{0,30}size"
        ),
        LARGE,
    ),
    (
        (
            r"\bdmarc\b|\bspf\b.{0,40}(?:fail|reject|not)|unauthenticated|not authenticated"
            r"|\bdkim\b.{0,40}(?:fail|reject)|authentication checks"
        ),
        UNSIGNED,
    ),
    (
        (
            r"virus|malware|attachment .{0,40}(?:reject|not allowed|block|forbid)|content (?:reject"
            r"|not accept|filter)|blocked file"
        ),
        CONTENT,
    ),
    (r"\bspam\b|junk mail|unsolicited|spamhaus|message content rejected", SPAM),
    (
        (
            r"block ?list|blacklist|denylist|\brbl\b|poor reputation|bad reputation|not accepting (?:mail"
            r"|messages) from|access denied"
            r"|sender (?:address )?(?:rejected|denied|blocked|verify failed)|client host .{0,60}(?:rejected"
            r"|blocked)|banned|restricted"
        ),
        BLOCKED,
    ),
    (
        (
            r"relay(?:ing)? (?:access )?(?:denied|not permitted|prohibited)|unable to relay|not (?:permitted"
            r"|allowed) to relay"
            r"|(?:isn't|not) in my (?:list|control)|relaying"
        ),
        RELAY,
    ),
    (r"too many hops|mail ?loop|loop(?:ing)? detected|loops back|hop count", LOOP),
    (r"rate limit|too many (?:messages|connections)|throttl|greylist|graylist", SLOWER),
    (
        (
            r"account (?:has been |is |was )?(?:disabled|suspended|inactive|deactivated|locked|closed"
            r"|discontinued|expired)|disabled or discontinued"
            r"|(?:mailbox|user|account) .{0,20}(?:disabled|inactive|suspended)|inactive (?:user|account)"
            r"|no longer (?:valid|active|works|in use|available)"
            r"|not been collected|заблокирован|отключ[её]н|deaktiviert"
        ),
        OFF,
    ),
    (
        (
            r"(?:host|domain|dns|mx)\b.{0,50}(?:not found|unknown|does not exist|doesn't exist|no such"
            r"|couldn't be found|non-?exist|nxdomain)"
            r"|(?:no such|unknown|unrouteable|unresolvable) (?:host|domain|mail domain)|unrouteable|null mx"
            r"|couldn't find any host|name service error"
            r"|bad destination (?:host|system)|illegal host"
        ),
        NO_DOMAIN,
    ),
    (
        (
            r"user (?:is |was )?(?:unknown|not found|invalid|does not exist)|(?:unknown|no such|invalid|bad"
            r"|nonexistent) (?:local )?(?:user|recipient|mailbox|address"
            r"|account|destination|final)|(?:mailbox|recipient|address|account|user"
            r"|person)\b.{0,60}(?:not exist|n't exist|not found|unknown|unavailable"
            r"|invalid|not listed|couldn't be found|not our customer)|doesn't have an? .{0,40}account"
            r"|does not have an? .{0,40}account|addressee unknown"
            r"|no mailbox here|not (?:a valid|our) (?:user|customer)|unknown user|no matches to|user unknown"
            r"|addressfailed"
            r"|(?:пользовател|адрес|ящик).{0,40}не (?:существует|найден)|не существует|не зарегистрирован"
            r"|недоступен: user not found"
            r"|(?:existiert|gibt es) nicht|n'existe pas|no existe|non esiste|não existe|nie istnieje"
            r"|bestaat niet|finns inte|不存在|存在しません"
            r"|见つかりません|見つかりません|존재하지 않"
        ),
        NO_SUCH,
    ),
    (
        (
            r"timed? ?out|connection (?:refused|failed|timed|dropped)|could not connect|unreachable|no route"
            r"|temporarily (?:unable|unavailable)"
            r"|establish an smtp|too long|retry time|max(?:imum)? .{0,20}(?:attempts|tries|retries)"
            r"|server (?:is )?(?:unavailable|busy|down)|network error"
            r"|could not be contacted|did not respond|delivery attempts"
        ),
        AWAY,
    ),
)
COMPILED: Final = tuple((re.compile(pattern, re.I), reason) for pattern, reason in WORDS)
CODES: Final[tuple[tuple[str, Reason], ...]] = (
    *(("x.1.2", NO_DOMAIN), ("x.1.10", NO_DOMAIN), ("x.1.8", BLOCKED), ("x.1.7", BLOCKED), ("x.1.", NO_SUCH)),
    *(("x.2.1", OFF), ("x.2.2", FULL), ("x.2.3", LARGE), ("x.3.4", LARGE), ("x.3.1", FULL), ("x.3.", AWAY)),
    *(
        ("x.4.6", LOOP),
        ("x.4.", AWAY),
        ("x.6.", CONTENT),
        ("x.7.26", UNSIGNED),
        ("x.7.25", UNSIGNED),
        ("x.7.", BLOCKED),
    ),
)
SIZE: Final = 4000


def reason_of(words: str, *, status: str = "") -> Reason:
    """The reason by the daemon's words, else by the enhanced status code; a passing code kills no address."""
    for pattern, reason in COMPILED:
        if pattern.search(words[:SIZE]):
            return _passing(reason, status)
    code = "x" + status[1:]
    for start, reason in CODES:
        if status and (code == start or (start.endswith(".") and code.startswith(start))):
            return _passing(reason, status)
    return OTHER


def _passing(reason: Reason, status: str) -> Reason:
    return Reason(reason.sentence) if reason.dead and status.startswith("4") else reason
