"""Mailing lists by their headers: which addresses are the list's own, and whether the list is a group of the shop itself."""

from __future__ import annotations

import re
from typing import Final

from connectors.email.read.addresses import addresses
from connectors.email.read.mime import Headers

POST: Final = re.compile(r"mailto:([^>?\s]{3,320})", re.I)
LIST: Final = re.compile(r"\blist[ \t:]+([^\s;<>]{3,320}@[^\s;<>]{1,255})", re.I)
ID: Final = re.compile(r"<\s*([^<>\s]{3,400})\s*>")
FREE: Final = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
    "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "ya.ru",
    "yandex.com", "rambler.ru", "ukr.net", "proton.me", "protonmail.com", "qq.com", "163.com", "126.com", "naver.com",
    "orange.fr", "free.fr", "libero.it", "wp.pl", "o2.pl", "interia.pl", "seznam.cz", "yahoo.co.jp", "yahoo.co.uk",
    "googlegroups.com", "groups.io", "freelists.org", "onmicrosoft.com",
})  # fmt: skip
"""Domains that strangers share: a list there is nobody's house list."""


def is_list(headers: Headers) -> bool:
    return "list-id" in headers or "list-post" in headers


def list_addresses(headers: Headers) -> frozenset[str]:
    """Addresses that post to the list."""
    found = [*POST.findall(headers.text("list-post")), *LIST.findall(headers.text("mailing-list"))]
    found += [one.value for one in addresses(headers.raw("x-beenthere"))]
    return frozenset(address.lower() for address in found)


def is_our_group(headers: Headers, ours: str) -> bool:
    """A list at our address or in our own domain: what comes by it is a customer's."""
    posts = list_addresses(headers)
    named = headers.text("list-id").lower()
    if not ours or not (named or posts):
        return False
    if ours in posts or ours in named or f"<{ours.replace('@', '.')}>" in named:
        return True
    own = ours.rpartition("@")[2]
    if own in FREE:
        return False
    domains = [address.rpartition("@")[2] for address in posts]
    domains += [ident.partition(".")[2] for ident in ID.findall(named)]
    return any(_is_one_house(domain.strip("."), own) for domain in domains)


def _is_one_house(domain: str, own: str) -> bool:
    """Equal, one below the other, or two names below one that is long enough to be nobody's but a house's."""
    if not domain or domain in FREE:
        return False
    if domain == own or domain.endswith(f".{own}"):
        return True
    if "." in domain and own.endswith(f".{domain}"):
        return True
    above = own.partition(".")[2]
    return above.count(".") >= 1 and len(above.split(".")[0]) > 3 and domain.endswith(f".{above}")
