"""Finds the servers of a mailbox from its address: known providers, autoconfig, SRV records, mail exchangers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from dns.asyncresolver import Resolver
from dns.exception import DNSException

from connectors.contract import Detected, Http, SendError
from connectors.email.read.addresses import ADDRESS
from connectors.email.setup.autoconfig import settings_in
from connectors.email.setup.providers import SIGN_IN, Provider, by_domain, by_mx
from values.sentences import phrase

WITHIN: Final = 6.0
BYTES: Final = 256 * 1024
PAGES: Final = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={address}",
    "https://autoconfig.thunderbird.net/v1.1/{domain}",
)
SERVICES: Final = (
    ("_imaps._tcp", "imap", "tls"),
    ("_imap._tcp", "imap", "starttls"),
    ("_submissions._tcp", "smtp", "tls"),
    ("_submission._tcp", "smtp", "starttls"),
)
NO_ADDRESS: Final = phrase("Enter the address of the mailbox first.")
KNOWN: Final = phrase("The provider is known: its servers are filled in.")
ASKED: Final = phrase("The provider's own description was found: the servers are filled in.")
NAMED: Final = phrase("The servers were found in the DNS of the domain and filled in.")
NOTHING: Final = phrase("The servers cannot be found from the address.")
ASK: Final = phrase("Ask your mail provider for the names of its IMAP and SMTP servers and enter them.")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where to look; the Internet, unless a test says otherwise."""

    pages: tuple[str, ...] = PAGES
    resolver: Resolver | None = field(default=None)


async def detect(address: str, http: Http, ways: Ways | None = None) -> Detected:
    """Settings of the first way that knows, with what the provider wants. Never raises; empty when nothing was found."""
    ways = ways or Ways()
    address = address.strip().lower()
    if not ADDRESS.fullmatch(address):
        return Detected(settings={}, sentence=NO_ADDRESS)
    try:
        domain = address.rpartition("@")[2].encode("idna").decode("ascii")
    except UnicodeError:
        return Detected(settings={}, sentence=NO_ADDRESS)
    if known := by_domain(domain):
        return _at(known)
    if found := await _described(domain, address, http, ways.pages):
        return Detected(settings=found, sentence=ASKED, remedy=SIGN_IN)
    if found := await _named(domain, ways):
        return Detected(settings=found, sentence=NAMED, remedy=SIGN_IN)
    if known := by_mx(await _exchangers(domain, ways)):
        return _at(known)
    return Detected(settings={}, sentence=NOTHING, remedy=ASK)


def _at(provider: Provider) -> Detected:
    return Detected(settings=provider.settings(), sentence=KNOWN, remedy=provider.remedy)


async def _described(domain: str, address: str, http: Http, pages: tuple[str, ...]) -> Mapping[str, str]:
    """The first description that names both servers; addresses of outside pass the guard against private hosts."""
    for page in pages:
        url = page.format(domain=domain, address=quote(address))
        try:
            async with asyncio.timeout(WITHIN):
                reply = await http.request("GET", url, timeout=WITHIN, limit=BYTES, guarded=True)
        except (SendError, OSError, ValueError):
            continue
        if reply.status == 200 and (found := settings_in(reply.body, address)):
            return found
    return {}


async def _named(domain: str, ways: Ways) -> dict[str, str]:
    """SRV records (RFC 6186, RFC 8314); both directions or nothing."""
    found: dict[str, str] = {}
    for service, which, security in SERVICES:
        if f"{which}_host" in found:
            continue
        target = await _service(f"{service}.{domain}", ways)
        if target:
            found |= {
                f"{which}_host": target[0],
                f"{which}_port": str(target[1]),
                f"{which}_security": security,
            }
    return found if {"imap_host", "smtp_host"} <= found.keys() else {}


async def _service(name: str, ways: Ways) -> tuple[str, int] | None:
    """The most wanted target; none for a record that says there is no such service (a lone dot)."""
    rows = [
        (int(r.priority), -int(r.weight), str(r.target), int(r.port)) for r in await _ask(name, "SRV", ways)
    ]
    best = min(rows, default=None)
    host = best[2].rstrip(".").lower() if best else ""
    return (host, best[3]) if best and host else None


async def _exchangers(domain: str, ways: Ways) -> list[str]:
    return [str(row.exchange) for row in await _ask(domain, "MX", ways)]


async def _ask(name: str, kind: str, ways: Ways) -> list[Any]:
    try:
        resolver = ways.resolver or Resolver()
        return list(await resolver.resolve(name, kind, lifetime=WITHIN))
    except (DNSException, OSError, ValueError):
        return []
