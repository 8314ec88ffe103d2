"""What the receiving server found out about the sender (SPF, DKIM, DMARC), and whether it counts against the mail.

Only the receiving server's own word counts: the results under its name (RFC 8601). Where no name is set the topmost are
kept as evidence and believed only where they speak against the mail, for every stranger can write a field that speaks
for himself. Signatures are not checked here: that needs the DNS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from connectors.email.read.mime import Headers

SIZE: Final = 8192
RESULT: Final = re.compile(r"^\s*(dmarc|spf|dkim|arc|compauth)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
PROPERTY: Final = re.compile(
    r"(header\.from|header\.d|header\.i|smtp\.mailfrom|envelope-from)\s*=\s*([^\s;]{1,320})", re.I
)
GOOD: Final = "pass"
GOOD_DMARC: Final = frozenset({GOOD, "bestguesspass"})
NAMELESS: Final = "-"
"""The server's name where its results carry none, as those of Microsoft 365 do."""


def proof_of(headers: Headers, *, server: str) -> dict[str, str]:
    """The results by method, `by` whom, and the domains that passed (`domain` by DMARC, `dkim_domains`, `spf_domain`);
    empty where the receiving server says nothing. `arc` results are those of a chain: whoever sends may have made them."""
    for value in _by(headers, "authentication-results", server):
        return _read(value)
    if server:
        for value in _by(headers, "arc-authentication-results", server):
            return _read(value) | {"via": "arc"}
    return _spf(headers, server)


def is_forged(proof: Mapping[str, str]) -> bool:
    """DMARC failed; or, where the domain has no DMARC, SPF failed and no signature holds."""
    if proof.get("compauth") == "fail":
        return True
    dmarc = proof.get("dmarc", "none")
    if dmarc == "fail" or dmarc in GOOD_DMARC:
        return dmarc == "fail"
    return proof.get("spf") in {"fail", "hardfail"} and proof.get("dkim") != GOOD


def _by(headers: Headers, name: str, server: str) -> Iterator[str]:
    """The topmost result, or the topmost of the named server."""
    for value in _values(headers, name)[:20]:
        text = _plain(value[:SIZE])
        text = re.sub(r"^\s*i\s*=\s*\d+\s*;", "", text)
        if not server or is_named(_name(text), server):
            yield text
        if not server or server == NAMELESS:
            return


def _values(headers: Headers, name: str) -> list[str]:
    """Not decoded: a stranger's address may look like an encoded word, and would then say what he likes."""
    found = (value.decode("latin-1") for key, value in headers.fields if key == name)
    return [" ".join(value.split()) for value in found]


def is_named(found: str, server: str) -> bool:
    """Whether it is the named server, or one of several below a common name (mx2.example.org of example.org)."""
    return found == server or ("." in server and found.endswith(f".{server}"))


def _plain(text: str) -> str:
    """Without comments, and without what stands in quotation marks: a stranger's address stands there, and may hold
    anything. Comments nest; one that never ends takes the rest."""
    kept: list[str] = []
    depth = 0
    quoted = escaped = False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = sign != '"'
        elif sign == '"' and not depth:
            quoted = True
        elif sign == "(":
            depth += 1
        elif depth:
            depth -= sign == ")"
        else:
            kept.append(sign)
    return "".join(kept)


def _name(text: str) -> str:
    first = (text.partition(";")[0].split() or [""])[0].lower()
    return NAMELESS if "=" in first else first


def _read(text: str) -> dict[str, str]:
    """Of several signatures one that holds is enough; two different words on DMARC are none for the mail."""
    name = _name(text)
    found = {"by": name[:255]}
    signed: list[str] = []
    for item in text.split(";")[0 if name == NAMELESS else 1 :][:50]:
        match = RESULT.match(item)
        if match is None:
            continue
        method, result = match[1].lower(), match[2].lower()
        if method == "dmarc" and found.get(method, result) != result:
            found[method] = "fail" if "fail" in {result, found[method]} else "none"
            found.pop("domain", None)
        elif found.get(method) != GOOD:
            found[method] = result
        domains = _domains(item)
        if method == "dmarc" and domains and "domain" not in found:
            found["domain"] = domains[0]
        elif method == "dkim" and result == GOOD:
            signed += domains
        elif method == "spf" and result == GOOD and domains:
            found["spf_domain"] = domains[-1]
    if signed:
        found["dkim_domains"] = " ".join(dict.fromkeys(signed[:10]))
    return found if len(found) > 1 else {}


def _domains(item: str) -> list[str]:
    given = [(name.lower(), value) for name, value in PROPERTY.findall(item)]
    if any(
        name == "header.d" for name, _ in given
    ):  # who signed; `header.i` is what the signature says of itself
        given = [(name, value) for name, value in given if name != "header.i"]
    found = (value.rpartition("@")[2].strip(".<>").lower() for _, value in given)
    return [domain[:255] for domain in found if domain]


def _spf(headers: Headers, server: str) -> dict[str, str]:
    """Received-SPF, from servers that write nothing else; `receiver` names them."""
    for value in _values(headers, "received-spf")[:1]:
        text = _plain(value[:SIZE])
        result = (re.findall(r"^\s*([a-z]+)", text.lower()) or [""])[0]
        receiver = (re.findall(r"receiver\s*=\s*([\w.-]{1,255})", text.lower()) or [""])[0]
        if result and (not server or is_named(receiver, server)):
            domains = _domains(text)
            told = {"by": receiver, "spf": result}
            return told | {"spf_domain": domains[-1]} if domains and result == GOOD else told
    return {}
