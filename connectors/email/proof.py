"""What the receiving server found out about the sender (SPF, DKIM, DMARC), and whether the address counts as forged.

Only the receiving server's own word counts: the results under its name (RFC 8601), or the topmost where no name is set,
for a server puts its own above all that came with the mail. Signatures are not checked here: that needs the DNS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from connectors.email.mime import Headers

SIZE: Final = 8192
COMMENT: Final = re.compile(r"\([^()]{0,1000}\)")
RESULT: Final = re.compile(r"^\s*(dmarc|spf|dkim|arc|compauth)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
DOMAIN: Final = re.compile(r"\bheader\.from\s*=\s*\"?@?([\w.-]{1,255})", re.I)
GOOD: Final = "pass"


def proof_of(headers: Headers, *, server: str) -> dict[str, str]:
    """The results by method, and `by` and `domain`; empty where the receiving server says nothing."""
    for value in _by(headers, "authentication-results", server):
        return _read(value)
    if server:
        for value in _by(headers, "arc-authentication-results", server):
            return _read(value)
    return _spf(headers, server)


def is_forged(proof: Mapping[str, str]) -> bool:
    """DMARC failed; or, where the domain has no DMARC, SPF failed and no signature holds."""
    if proof.get("compauth") == "fail":
        return True
    dmarc = proof.get("dmarc", "none")
    if dmarc in {"fail", GOOD, "bestguesspass"}:
        return dmarc == "fail"
    return proof.get("spf") in {"fail", "hardfail"} and proof.get("dkim") != GOOD


def _by(headers: Headers, name: str, server: str) -> Iterator[str]:
    """The topmost result, or the topmost of the named server."""
    for value in headers.texts(name)[:20]:
        text = COMMENT.sub(" ", value[:SIZE])
        text = re.sub(r"^\s*i\s*=\s*\d+\s*;", "", text)
        if not server:
            yield text
            return
        if _name(text) == server:
            yield text


def _name(text: str) -> str:
    return (text.partition(";")[0].split() or [""])[0].lower()


def _read(text: str) -> dict[str, str]:
    """A signature that holds outweighs others that do not."""
    found = {"by": _name(text)[:255]}
    for item in text.split(";")[1:50]:
        if match := RESULT.match(item):
            method, result = match[1].lower(), match[2].lower()
            if found.get(method) != GOOD:
                found[method] = result
            if method == "dmarc" and (domain := DOMAIN.search(item)):
                found["domain"] = domain[1].lower()
    return found if len(found) > 1 else {}


def _spf(headers: Headers, server: str) -> dict[str, str]:
    """Received-SPF, from servers that write nothing else; `receiver` names them."""
    for value in headers.texts("received-spf")[:1]:
        result = (re.findall(r"^\s*([a-z]+)", value.lower()) or [""])[0]
        receiver = (re.findall(r"receiver=\s*\"?([\w.-]{1,255})", value.lower()) or [""])[0]
        if result and (not server or receiver == server):
            return {"by": receiver, "spf": result}
    return {}
