"""Who wrote a mail: the person behind From, Reply-To, Sender and relays, and how far that is proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connectors.contract import Handle, Malformed, Person, RawInput, Trust
from connectors.email.people.belief import Belief, belief_in
from connectors.email.people.lists import is_list, is_our_group, list_addresses
from connectors.email.people.recipients import plain
from connectors.email.read.addresses import Address, addresses
from connectors.email.read.mime import Headers
from values.sentences import phrase

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
MOST_ASKED: Final = 10
NOBODY: Final = "mailer-daemon@localhost"
DAEMON: Final = re.compile(
    r"(?i)mail(?:er)?[ _-]?daemon|mail delivery (?:sub)?system|\bpost[ _-]?master\b|mail(?:er)? (?:sub)?system|\bndr\b"
    r"|система доставки|почтовая система"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote a mail. `also` are the other addresses that asked for the answer; `forged`: the checks of the receiving
    server speak against the address in From."""

    person: Person
    also: tuple[str, ...] = ()
    forged: bool = False


def person_of(address: Address, name: str, trust: Trust, evidence: str) -> Person:
    handle = Handle(kind="email", value=address.value, trust=trust, evidence=evidence, raw=address.raw)
    return Person(handles=(handle,), name=name)


def first(headers: Headers, name: str) -> Address | None:
    """The first address of a field, or of one of the same name below where the first has none."""
    return next((found[0] for value in headers.raws(name) if (found := addresses(value))), None)


def envelope_address(raw: RawInput, headers: Headers) -> Address | None:
    found = addresses(raw.meta.get("mail_from", "")) or addresses(headers.raw("return-path"))
    if not found and "<>" in (raw.meta.get("mail_from"), headers.raw("return-path")):
        found = addresses(NOBODY)
    return next(iter(found), None)


def written_by(raw: RawInput, headers: Headers) -> Address:
    """From, else Sender, else the envelope; a daemon that names itself without an address is nobody in particular.
    Raises `Malformed` where nobody is named."""
    found = first(headers, "from") or first(headers, "sender") or envelope_address(raw, headers)
    if found is None and is_daemon(headers):
        found = next(iter(addresses(NOBODY)))
    if found is None:
        raise Malformed(
            phrase("Nobody can tell who wrote this mail: no From, Sender or Return-Path has an address")
        )
    return found


def is_daemon(headers: Headers) -> bool:
    """Whether From is empty or has words that only a mail system calls itself by, or the mail says that it is a report."""
    if headers.raw("from").replace(" ", "") == "<>":
        return True
    is_report = "delivery-status" in headers.text("content-type").lower()
    return is_report or "x-failed-recipients" in headers or bool(DAEMON.search(headers.text("from")))


def sender_of(
    raw: RawInput, headers: Headers, *, ours: str, proof: Mapping[str, str], server: str, text: str
) -> Writer:
    """The person. Only From is ever proven, by the server that checks senders; what else a mail says of people is claimed."""
    written = written_by(raw, headers)
    belief = belief_in(written, headers, raw.body, proof=proof, server=server)
    forged = belief is Belief.FAILED and plain(written.value) != ours
    if original := _behind_group(headers, written, ours):
        return Writer(
            person=person_of(original, original.name or bare(written.name), Trust.CLAIMED, "mail_relay"),
            forged=forged,
        )
    asked = asked_by(headers, written, ours)
    if written.value == ours and not asked and (typed := typed_in(text, ours)):
        return Writer(person=person_of(typed, typed.name or _named(text), Trust.CLAIMED, "form_field"))
    if not asked or (is_list(headers) and not is_our_group(headers, ours)):
        return Writer(person=_from(written, belief, forged), forged=forged)
    also = tuple(one.value for one in asked[1:])
    if asked[0].value == written.value:
        return Writer(person=_from(written, belief, forged), also=also, forged=forged)
    person = person_of(asked[0], asked[0].name or bare(written.name), Trust.CLAIMED, "mail_reply_to")
    return Writer(person=person, also=also, forged=forged)


def _from(written: Address, belief: Belief, forged: bool) -> Person:
    """A forged sender is found again by other forged mail alone."""
    trust = Trust.PROVEN if belief is Belief.PROVEN else Trust.CLAIMED
    return person_of(written, written.name, trust, "mail_failed" if forged else "mail_from")


def asked_by(headers: Headers, written: Address, ours: str) -> list[Address]:
    """Who asks for the answer in Reply-To, each once: whoever wrote it first, our own address never, a list never."""
    own = {plain(ours), *list_addresses(headers)}
    found = {one.value: one for one in addresses(headers.raw("reply-to")) if plain(one.value) not in own}
    return sorted(found.values(), key=lambda one: one.value != written.value)[:MOST_ASKED]


def is_relayed(headers: Headers, *, ours: str, text: str) -> bool:
    """Whether a mail in our own name was written by somebody else: a form on our site, a group of ours."""
    if any(plain(one.value) != ours for one in addresses(headers.raw("reply-to"))):
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
    """The writer whom a group had to replace in From: in a field of its own, or in Cc by the same name."""
    is_group = written.value in list_addresses(headers)
    if not is_group and not VIA.match(written.name):
        return None
    for name in ORIGINAL:
        found = first(headers, name)
        if found and found.value not in {ours, written.value}:
            return found
    if not is_group or asked_by(headers, written, ours):
        return None
    name = bare(written.name).casefold()
    return next(
        (one for one in addresses(headers.raw("cc")) if one.name and one.name.casefold() == name), None
    )


def _named(text: str) -> str:
    found = NAMED.search(text[:SEARCHED])
    return " ".join(found[1].split()).strip("*")[:100] if found else ""
