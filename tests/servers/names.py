"""A DNS server on a loopback port that knows what a test tells it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.asyncresolver import Resolver


@dataclass
class NameServer:
    """`records` maps `(name, type)` to the texts of its records; anything else does not exist."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict[tuple[str, str], list[str]])
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _transport: asyncio.DatagramTransport | None = None

    async def start(self) -> Resolver:
        """Listen; returns a resolver that asks here."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Door(self), ("127.0.0.1", 0))
        self._transport = transport
        resolver = Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = transport.get_extra_info("sockname")[1]
        return resolver

    def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def answer(self, data: bytes) -> bytes:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        if found := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


class _Door(asyncio.DatagramProtocol):
    def __init__(self, names: NameServer) -> None:
        self._names = names

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self._names.answer(data), addr)
