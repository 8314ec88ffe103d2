"""Whom else a mail went to: the addresses that an answer to all would reach. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from connectors.email.people.lists import list_addresses
from connectors.email.read.addresses import addresses
from connectors.email.read.mime import Headers

MOST: Final = 50


def other_recipients(headers: Headers, exclude: Collection[str]) -> tuple[str, ...]:
    """Addresses of To and Cc except these and their plus-addresses, in order, each once."""
    left_out = {plain(address) for address in exclude}
    found = [one.value for name in ("to", "cc") for one in addresses(headers.raw(name))]
    left_out |= {plain(address) for address in list_addresses(headers)}
    return tuple(dict.fromkeys(value for value in found if plain(value) not in left_out))[:MOST]


def plain(address: str) -> str:
    """An address without its plus part, lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return local.partition("+")[0] + at + domain
