"""How far an address in From is believed: the domain that was proven must be the one of the address that is read there.

Three answers. *Proven*: the named server vouches for a domain that the address belongs to, and From says one thing only.
*Failed*: the checks speak against the address, or for somebody else. *Unchecked*: nobody says anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from connectors.email.people.proof import GOOD, GOOD_DMARC, is_forged
from connectors.email.read.addresses import Address, addresses
from connectors.email.read.mime import Headers

LOCAL: Final = r"(?:[^\s<>()\[\],;:\"@\\\x00-\x1f\x7f]{1,64})"
SPEC: Final = rf"{LOCAL}@[\w-][\w.-]{{0,254}}"
PLAIN: Final = re.compile(
    rf"\s*(?:(?P<quoted>\"(?:[^\"\\\x00]|\\[^\x00])*\")|(?P<words>(?:[^<>\"@,;:()\x00]|\([^()<>@\x00]*\))*)|{SPEC})\s*<{SPEC}>\s*"
    rf"|\s*{SPEC}\s*(?:\([^()<>@\x00]*\)\s*)?",
    re.DOTALL,
)
FROM: Final = re.compile(rb"(?im)^from[ \t]*:")
SPACED: Final = re.compile(rb"(?im)^from[ \t]+:")
CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
HEAD: Final = 256 * 1024


class Belief(StrEnum):
    """What is thought of the address in From."""

    PROVEN = "proven"
    UNCHECKED = "unchecked"
    FAILED = "failed"


def belief_in(
    written: Address, headers: Headers, head: bytes, *, proof: Mapping[str, str], server: str
) -> Belief:
    """`head` is the mail's header as it came, `proof` what `proof_of` found, `server` the name of who may say so."""
    if is_forged(proof):
        return Belief.FAILED
    if not server or proof.get("via") == "arc":
        return Belief.UNCHECKED
    near = [_nearness(written.domain, domain, by_dmarc=by_dmarc) for domain, by_dmarc in _passed(proof)]
    if near and max(near) == 0:
        return Belief.FAILED
    if not near or max(near) < 2 or not is_plain(written, headers, head):
        return Belief.UNCHECKED
    return Belief.PROVEN


def is_plain(written: Address, headers: Headers, head: bytes) -> bool:
    """Whether From is one field with one address that no two programs read differently."""
    head = head[:HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    fields = [value for name, value in headers.fields if name == "from"]
    if len(fields) != 1 or len(FROM.findall(head)) != 1 or SPACED.search(head) or CONTROL.search(fields[0]):
        return False
    value = headers.raw("from")
    found = addresses(value)
    return len(found) == 1 and found[0].value == written.value and PLAIN.fullmatch(value) is not None


def _passed(proof: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Domains that passed. DMARC's word, where there is one, is on From itself and outweighs the others."""
    if proof.get("dmarc") in GOOD_DMARC:
        return [(proof["domain"], True)] if proof.get("domain") else []
    found = proof.get("dkim_domains", "").split() if proof.get("dkim") == GOOD else []
    if proof.get("spf") == GOOD and proof.get("spf_domain"):
        found.append(proof["spf_domain"])
    return [(domain, False) for domain in found]


def _nearness(address: str, proven: str, *, by_dmarc: bool) -> int:
    """2: who proved the domain may speak for the address. 1: a relative, which proves nothing. 0: somebody else.

    A domain speaks for those below it, as it gives them out; one below speaks for the domain above only where DMARC
    says so, because strangers have names below a host's domain.
    """
    address, proven = _ascii(address), _ascii(proven)
    if address == proven or ("." in proven and address.endswith(f".{proven}")):
        return 2
    if "." in address and proven.endswith(f".{address}"):
        return 2 if by_dmarc else 1
    ours, theirs = address.split(".")[-2:], proven.split(".")[-2:]
    return 1 if ours == theirs and len(ours) == 2 and len(ours[0]) > 3 and not by_dmarc else 0


def _ascii(domain: str) -> str:
    domain = domain.lower().strip(".")
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
