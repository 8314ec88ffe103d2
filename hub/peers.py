"""Who is on the other side of a request: one answer for limits, logs, the journal and the audit log."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

FORWARDED = "X-Forwarded-For"
REMEMBERED = 4096
"""Addresses whose reading is kept: the same few knock at a door, and reading one costs as much as taking a request in."""


def peer(request: web.BaseRequest) -> str:
    """The address of the other side: what a proxy on our own network says it is, else the line's own.

    A proxy appends to the header what it sees itself, so only the last entry counts; what comes before is the
    sender's own word.
    """
    remote = request.remote or ""
    if FORWARDED not in request.headers or not is_inside(remote):
        return remote
    forwarded = ",".join(request.headers.getall(FORWARDED)).rpartition(",")[2]
    return _address(forwarded) or remote


@lru_cache(REMEMBERED)
def network_of(address: str) -> str:
    """What limits are counted by: a household has one IPv4 address or a whole IPv6 network of 64 bits."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))
    return str(parsed)


@lru_cache(REMEMBERED)
def is_inside(address: str) -> bool:
    """Whether an address is of this machine or of a private network, where our proxies stand."""
    try:
        return ip_address(address.partition("%")[0]).is_private
    except ValueError:
        return False


def _address(text: str) -> str:
    """`1.2.3.4`, `1.2.3.4:5`, `2001:db8::1` and `[2001:db8::1]:5` as an address; nothing for anything else."""
    text = text.strip().strip('"')[:64]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
