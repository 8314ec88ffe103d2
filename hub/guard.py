"""The guard against addresses inside: a URL is parsed once for check and use, and each socket's address is looked at last."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from connectors.contract import Refused
from values.sentences import phrase

LOCAL_TRANSLATION = ipaddress.ip_network("64:ff9b:1::/48")
"""NAT64 of a network's own choice (RFC 8215): what it leads to only that network knows."""


def parsed(text: str, base: URL | None = None) -> URL:
    """An address of the web, parsed this once: what is checked is what is connected to. Raises Refused."""
    try:
        url = base.join(URL(text)) if base is not None else URL(text)
        if url.scheme in ("http", "https") and url.host and url.port:
            return url
    except ValueError:
        pass
    raise no_address(text)


def no_address(text: str) -> Refused:
    return Refused(phrase("“{address}” is not an address of the web.", address=text[:80]))


class Inside(Refused):
    """It leads to an address inside the own network."""

    def __init__(self, host: str) -> None:
        super().__init__(phrase("{host} is an address inside the own network.", host=host))


class PrivateAddress(OSError):
    """The name stands for an address inside."""


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses any that stands for a private address; the connection uses the very addresses checked."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for entry in found:
            if not is_public(entry["host"]):
                raise PrivateAddress(f"{host} is an address inside the own network.")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def public_socket(info: Any) -> socket.socket:
    """The last look, at the very address that is connected to, however it was written or found."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddress(f"{address[0]} is an address inside the own network.")
    made = socket.socket(family=family, type=kind, proto=protocol)
    made.setblocking(False)
    return made


def check_literal(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_public(host):
        raise Inside(host)


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.is_site_local or found in LOCAL_TRANSLATION:
            return False
        found = found.ipv4_mapped or found.sixtofour or _translated(found) or found
    return found.is_global and not found.is_multicast


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside one of NAT64 (64:ff9b::/96), of SIIT (::ffff:0:0:0/96) or of the old compatible form (::/96)."""
    head, low = int(address) >> 32, int(address) & 0xFFFFFFFF
    return ipaddress.IPv4Address(low) if head in (0, 0x64FF9B << 64, 0xFFFF << 16) and low > 1 else None


def is_private(error: BaseException | None) -> bool:
    """Whether the guard is what an error goes back to."""
    while error is not None:
        if isinstance(error, PrivateAddress) or isinstance(getattr(error, "os_error", None), PrivateAddress):
            return True
        error = error.__cause__
    return False
