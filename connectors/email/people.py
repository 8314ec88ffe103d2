"""Who wrote a mail: the person behind From, Reply-To, Sender and relays, and how far that is proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.contract import Handle, Malformed, Person, RawInput, Trust
from connectors.email.addresses import Address, addresses
from connectors.email.mime import Headers
from connectors.email.proof import is_forged

ORIGINAL: Final = ("x-original-from", "x-original-sender", "x-google-original-from")
"""Where groups keep the writer whom they had to replace in From."""
VIA: Final = re.compile(
    r"^['\"(]?(.{1,150}?)['\"]?,?\s+[\[(]?(?:via|por|através de|über|przez|через|on behalf of"
    r"|im auftrag von|from)\s.{1,150}$",
    re.I,
)
ASKED: Final = re.compile(
    r"(?im)^[ \t>*•|-]{0,6}(?:your |ваш |customer |contact |from |reply )?"
    r"(?:e-?mail(?: address| адрес)?|mail|почта|эл\.? ?почта|электронная почта|адрес e-?mail|пошта"
    r"|correo(?: electrónico)?"
    r"|courriel|adresse e-?mail|indirizzo e-?mail|e-posta|邮箱|メールアドレス|이메일"
    r"|អ៊ីមែល)[ \t]*[*]{0,2}[ \t]*[::=][ \t*]*(.{3,200})$"
)
NAMED: Final = re.compile(
    r"(?im)^[ \t>*•|-]{0,6}(?:your |full |ваше |contact )?(?:name|имя|фио|ім'я|nombre|nom|nome|ឈ្មោះ|姓名"
    r"|名前|お名前|이름|ad soyad)"
    r"[ \t]*[*]{0,2}[ \t]*[::=][ \t*]*(.{1,100})$"
)
SEARCHED: Final = 8192
FREE: Final = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
    "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "ya.ru",
    "yandex.com", "rambler.ru", "ukr.net", "proton.me", "protonmail.com", "qq.com", "163.com", "126.com", "naver.com",
    "orange.fr", "free.fr", "libero.it", "wp.pl", "o2.pl", "interia.pl", "seznam.cz", "yahoo.co.jp", "yahoo.co.uk",
})  # fmt: skip
"""Where a domain is shared by strangers, so that one address proves nothing of another."""


def person_of(address: Address, name: str, trust: Trust, evidence: str) -> Person:
    handle = Handle(kind="email", value=address.value, trust=trust, evidence=evidence, raw=address.raw)
    return Person(handles=(handle,), name=name)


def first(headers: Headers, name: str) -> Address | None:
    """The first address of a field, or of one of the same name below where the first has none."""
    return next((found[0] for value in headers.raws(name) if (found := addresses(value))), None)


def envelope_address(raw: RawInput, headers: Headers) -> Address | None:
    found = addresses(raw.meta.get("mail_from", "")) or addresses(headers.raw("return-path"))
    if not found and "<>" in (raw.meta.get("mail_from"), headers.raw("return-path")):
        found = addresses("mailer-daemon@localhost")
    return next(iter(found), None)


def written_by(raw: RawInput, headers: Headers) -> Address:
    """From, else Sender, else the envelope. Raises `Malformed` where nobody is named."""
    found = first(headers, "from") or first(headers, "sender") or envelope_address(raw, headers)
    if found is None:
        raise Malformed("Nobody can tell who wrote this mail: no From, Sender or Return-Path has an address")
    return found


def sender_of(raw: RawInput, headers: Headers, *, ours: str, proof: Mapping[str, str], text: str) -> Person:
    """The person. What a relay or a form says of him is claimed: only From is vouched for, by its own server."""
    written = written_by(raw, headers)
    trust = Trust.CLAIMED if is_forged(proof) else Trust.PROVEN
    if original := _behind_group(headers, written, ours):
        return person_of(original, original.name or bare(written.name), Trust.CLAIMED, "mail_relay")
    asked = first(headers, "reply-to")
    if written.value == ours and (asked is None or asked.value == ours) and (typed := typed_in(text, ours)):
        return person_of(typed, typed.name or _named(text), Trust.CLAIMED, "form_field")
    if asked is None or asked.value in {written.value, ours} or "list-id" in headers:
        return person_of(written, written.name, trust, "mail_from")
    if asked.domain != written.domain or asked.domain in FREE or written.value == ours:
        trust = Trust.CLAIMED
    return person_of(asked, asked.name or bare(written.name), trust, "mail_reply_to")


def is_relayed(headers: Headers, *, ours: str, text: str) -> bool:
    """Whether a mail in our own name was written by somebody else: a form on our site, a group of ours."""
    asked = first(headers, "reply-to")
    if asked is not None and asked.value != ours:
        return True
    return any(name in headers for name in ORIGINAL) or typed_in(text, ours) is not None


def typed_in(text: str, ours: str) -> Address | None:
    """The address that a form's mail gives in a line such as `E-mail: …`."""
    for found in ASKED.findall(text[:SEARCHED])[:5]:
        for address in addresses(found):
            if address.value != ours:
                return address
    return None


def bare(name: str) -> str:
    """`Ann` of `'Ann' via Support`."""
    found = VIA.match(name.strip())
    return found[1].strip(" '\"") if found else name


def _behind_group(headers: Headers, written: Address, ours: str) -> Address | None:
    for name in ORIGINAL:
        found = first(headers, name)
        if found and found.value not in {ours, written.value} and VIA.match(written.name):
            return found
    return None


def _named(text: str) -> str:
    found = NAMED.search(text[:SEARCHED])
    return " ".join(found[1].split()).strip("*")[:100] if found else ""
