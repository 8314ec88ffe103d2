"""Why a mail came back, in plain words, and whether the address is dead: a table over the daemon's words and its codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from values.sentences import phrase


@dataclass(frozen=True, slots=True)
class Reason:
    """`dead`: the address takes no mail at all, whatever is sent."""

    sentence: str
    dead: bool = False


NO_SUCH: Final = Reason(phrase("There is no such address."), dead=True)
OFF: Final = Reason(phrase("The mailbox is switched off."), dead=True)
NO_DOMAIN: Final = Reason(phrase("The domain of this address does not exist or takes no mail."), dead=True)
FULL: Final = Reason(phrase("The mailbox is full."))
LARGE: Final = Reason(phrase("The mail is too large for the recipient's server."))
SPAM: Final = Reason(phrase("The recipient's server took the mail for spam."))
UNSIGNED: Final = Reason(
    phrase("The recipient's server asks for proof that the mail is ours (SPF, DKIM or DMARC).")
)
BLOCKED: Final = Reason(phrase("The recipient's server takes no mail from our server or address."))
CONTENT: Final = Reason(phrase("The recipient's server refuses the content or an attachment."))
SLOWER: Final = Reason(phrase("The recipient's server wants mail more slowly."))
AWAY: Final = Reason(phrase("The recipient's server could not be reached."))
LOOP: Final = Reason(phrase("The mail went round in a circle: the address is forwarded wrongly."))
RELAY: Final = Reason(phrase("The server that was asked does not take mail for this address."))
LATE: Final = Reason(phrase("Not delivered yet; it is still being tried."))
OTHER: Final = Reason(phrase("The mail came back."))

WORDS: Final[tuple[tuple[str, Reason], ...]] = (
    (
        (
            r"over ?quota|quota ?(?:exceeded|violation)|exceeded .{0,30}quota|mail ?box (?:is )?(?:full"
            r"|too large)|out of storage"
            r"|insufficient (?:disk|storage)|inbox is (?:already )?full|not enough (?:disk )?(?:space|room)"
            r"|box space|disk quota|storage (?:space )?(?:limit|is full)"
            r"|переполнен|превышен.{0,20}квот|kontingent|postfach (?:ist )?voll|boîte .{0,20}pleine"
            r"|buz[óo]n .{0,15}llen[oa]|casella .{0,15}piena|caixa .{0,20}cheia|容量(?:不足|を超)"
            r"|已满|(?:いっぱい|一杯)(?:です|の)"
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
            r"\bdmarc\b|\bspf\b|openspf|sender policy|unauthenticated|not authenticated"
            r"|\bdkim\b.{0,40}(?:fail|reject)|authentication checks"
            r"|(?:not (?:allowed|permitted|authori[sz]ed)|may not|no permission) to? ?send (?:for|from"
            r"|as|on behalf|mail (?:for|from))"
            r"|not a (?:designated|permitted) (?:sender|mailer)"
        ),
        UNSIGNED,
    ),
    (
        (
            r"virus|malware|attachment .{0,40}(?:reject|not allowed|block|forbid)|content (?:reject"
            r"|not accept|filter|denied)|blocked file"
        ),
        CONTENT,
    ),
    (r"\bspam\b|junk mail|unsolicited|spamhaus|message content rejected|\bdt:spm\b|垃圾邮件", SPAM),
    (
        (
            r"name service error.{0,200}try again|host not found, try again|servfail"
            r"|temporary (?:failure|error) in name|(?:name server|dns"
            r"|domain name server)\b.{0,60}(?:not respond|did not answer"
            r"|timed? ?out|temporar|try again|no response)"
            r"|lookup .{0,20}(?:temporar|timed out|did not complete|defer)|unable to look ?up host"
        ),
        AWAY,
    ),
    (
        (
            r"rate limit|at a rate|(?:sending|delivery|message) rate|too (?:many (?:messages"
            r"|connections|recipients|mails|emails)"
            r"|quickly|fast|frequent)|throttl|gr[ea]ylist|slow(?:er)? down|frequency limit"
            r"|exceeded .{0,40}(?:threshold|per (?:hour"
            r"|day|minute)|connection|rate)|temporarily deferred|deferred due to|频率|次数过多"
        ),
        SLOWER,
    ),
    (
        (
            r"recipient address rejected: access denied|recipientnotfound|exrecipnotfound|no such recipient"
            r"|(?:unknown|illegal) (?:or illegal )?alias"
        ),
        NO_SUCH,
    ),
    (
        (
            r"(?:after|(?:reply|response|answer) to|error (?:from|at)) (?:the |pipelined )?mail from\b"
            r"|mail from:? ?<[^>]{0,320}>\s{0,3}<<<\s*[45]|domain of (?:the )?sender|sender(?:'s)? domain"
            r"|(?:sender|return[ -]?path|envelope[ -]from|from address)\b[^.;]{0,60}(?:not exist"
            r"|n't exist|invalid|unknown|not found"
            r"|unresolv|unrout|not valid|malformed|not accepted|refused|mismatch)"
            r"|(?:invalid|unknown|bad|unresolvable|illegal|unrout(?:e)?able) (?:envelope )?(?:sender|return[ -]?path)"
            r"|cannot verify sender|verify (?:the )?sender"
        ),
        BLOCKED,
    ),
    (
        (
            r"block ?list|blacklist|denylist|\brbl\b|poor reputation|bad reputation|not accepting (?:mail"
            r"|messages) from|access denied|policy (?:rejection|reasons|violation)|authrequired|notauthori[sz]ed"
            r"|sender (?:address )?(?:rejected|denied|blocked|verify failed)|client host .{0,60}(?:rejected"
            r"|blocked)|banned|restricted|拒收|受信拒否"
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
    (
        (
            r"account (?:has been |is |was )?(?:disabled|suspended|inactive|deactivated|locked|closed"
            r"|discontinued|expired)|disabled or discontinued"
            r"|(?:mailbox|user|account) .{0,20}(?:disabled|inactive|suspended|frozen)|inactive (?:user|account)"
            r"|no longer (?:valid|active|works|in use|available)"
            r"|not been collected|заблокирован|отключ[её]н|deaktiviert|desactivad|désactivé|停用|冻结"
        ),
        OFF,
    ),
    (
        (
            r"(?:host|domain|dns|mx)\b.{0,50}(?:not found|unknown|does not exist|doesn't exist|no such"
            r"|couldn't be found|non-?exist|nxdomain)"
            r"|(?:no such|unknown|unrouteable|unresolvable|invalid|bad) (?:host|domain|mail domain)"
            r"|unrouteable|null ?mx"
            r"|couldn't find any host|name service error|mail exchanger|\bno mx\b"
            r"|\bmx (?:or srv )?records?\b|no smtp service"
            r"|domain (?:name )?(?:is )?(?:invalid|not valid)|(?:does not|doesn't|will not) (?:accept"
            r"|receive|take) (?:any )?(?:e-?)?mail"
            r"|bad destination (?:host|system)|illegal host|no mail ?(?:server|host)|域名(?:不存在|解析|错误)"
            r"|домен.{0,30}не (?:найден"
            r"|существует)|ドメイン.{0,20}(?:存在しない|見つかり)"
        ),
        NO_DOMAIN,
    ),
    (
        (
            r"user (?:is |was )?(?:unknown|not found|invalid|does not exist)|(?:unknown|no such|invalid|bad"
            r"|nonexistent) (?:local )?(?:user|recipient|mailbox|address"
            r"|account|destination|final)|(?:mailbox|recipient|address|account|user"
            r"|person|addressee)\b.{0,60}(?:not exist|n't exist|not found|unknown|unavailable"
            r"|invalid|not listed|couldn't be found|not our customer|not recogni[sz]ed|not valid|not on file)"
            r"|doesn't have an? .{0,40}account"
            r"|does not have an? .{0,40}account|addressee unknown"
            r"|no mailbox here|nobody (?:here )?(?:of|by) that name|no (?:one|body|user) .{0,20}(?:by"
            r"|of|with) (?:that|this) name"
            r"|not (?:a valid|our) (?:user|customer|recipient|mailbox)|unknown user|no matches to|user unknown"
            r"|addressfailed|unbekannte[rs]? (?:empfänger|benutzer|adresse)"
            r"|empfänger.{0,30}(?:unbekannt|nicht gefunden)"
            r"|postfach.{0,30}nicht (?:gefunden|vorhanden)|(?:utilisateur|destinataire"
            r"|adresse) inconnue?|(?:usuario|destinatario)"
            r" (?:desconocido|inexistente)|(?:utente|destinatario) (?:sconosciuto|inesistente)"
            r"|(?:usuário|destinatário)"
            r" (?:desconhecido|inexistente)|nieznany (?:użytkownik|odbiorca)|нет такого (?:пользовател"
            r"|адрес|ящик|получател)"
            r"|неизвестн.{0,6} (?:пользовател|получател|адрес)"
            r"|(?:пользовател|адрес|ящик|получател|користувач|скриньк).{0,40}не (?:существует|найден|існує|знайден)"
            r"|не существует|не зарегистрирован"
            r"|недоступен: user not found"
            r"|(?:existiert|gibt es) nicht|n'existe pas|no existe|non esiste|não existe|nie istnieje"
            r"|bestaat niet|finns inte|不存在|存在し(?:ません|ない)|地址错误|宛先不明|宛先が不明"
            r"|(?:见つかり|見つかり)(?:ません|ませんでした)|존재하지 않|không tồn tại|មិន(?:មាន|ឃើញ)"
        ),
        NO_SUCH,
    ),
    (
        (
            r"timed? ?out|connection (?:refused|failed|timed|dropped)|could not connect|unreachable|no route"
            r"|temporarily (?:unable|unavailable)"
            r"|establish an smtp|too long|retry time|max(?:imum)? .{0,20}(?:attempts|tries|retries)"
            r"|server (?:is )?(?:unavailable|busy|down)|network error"
            r"|could not be contacted|did not respond|delivery attempts|have been failing"
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
SENDERS: Final = (".1.7", ".1.8")
"""Codes on the sender's address (RFC 3463): they say nothing of the recipient's."""
REPLY: Final = re.compile(r"(?<![\d.])([245])[0-5]\d[ -](?!\d)")


def reason_of(words: str, *, status: str = "") -> Reason:
    """The reason by the daemon's words, else by the enhanced status code; a passing code kills no address, and neither does
    one on the sender."""
    words = " ".join(words[:SIZE].split())
    reason = _by_words(words) or _by_code(status) or OTHER
    if reason.dead and status.endswith(SENDERS):
        return BLOCKED
    return Reason(reason.sentence) if reason.dead and _is_passing(words, status) else reason


def _by_words(words: str) -> Reason | None:
    return next((reason for pattern, reason in COMPILED if pattern.search(words)), None)


def _by_code(status: str) -> Reason | None:
    if not status or status.startswith("2"):
        return None
    code = "x" + status[1:]
    found = (
        reason for start, reason in CODES if code == start or (start.endswith(".") and code.startswith(start))
    )
    return next(found, None)


def _is_passing(words: str, status: str) -> bool:
    """By the code; without one by the server's reply."""
    if status:
        return not status.startswith("5")
    replies = REPLY.findall(words)
    return bool(replies) and "5" not in replies
