"""How a secret may be written where a provider, a library or a form puts it. Pure."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from html import escape
from urllib.parse import quote, quote_plus

SHORTEST_IN_BASE64 = 8
"""Bytes; of fewer too little is left that is the same whatever stands around them."""
IN_A_PATH = "/:@!$&'()*+,;=~"
ESCAPE = re.compile(r"%[0-9A-F]{2}|\\u[0-9a-f]{4}")


@lru_cache(maxsize=2_000)
def spellings(secret: str) -> frozenset[str]:
    """As it is, in an address, in JSON of any writer (PHP writes a slash as `\\/`) and in markup."""
    secret = secret.encode("utf-8", "replace").decode()
    quoted = quote(secret, safe="")
    ways = {secret, quoted, quote_plus(secret), quote(secret, safe="/"), quote(secret, safe=IN_A_PATH)}
    ways.add(quote(quoted, safe=""))
    ways |= {json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(secret)[1:-1]}
    ways |= {escape(secret), escape(secret, quote=False), escape(secret).replace("&#x27;", "&#39;")}
    ways |= {way.replace("/", "\\/") for way in ways}
    return frozenset(ways | {ESCAPE.sub(_other_case, way) for way in ways})


@lru_cache(maxsize=2_000)
def in_base64(secret: str) -> frozenset[str]:
    """What of it stands in any base64 that holds it, say `user:secret` of Basic."""
    raw = secret.encode("utf-8", "replace")
    if len(raw) < SHORTEST_IN_BASE64:
        return frozenset()
    found: set[str] = set()
    for before in range(3):
        whole = len(raw) - (len(raw) + before) % 3
        first, last = (0, 2, 3)[before], (whole + before) * 4 // 3
        for encode in (b64encode, urlsafe_b64encode):
            found.add(encode(bytes(before) + raw[:whole]).decode()[first:last])
    return frozenset(found)


@lru_cache(maxsize=2_000)
def all_ways(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Every spelling of all of them, the longest first: one may be the beginning of another."""
    found = {way for one in secrets for way in spellings(one) | in_base64(one)}
    return tuple(sorted(found, key=lambda way: (-len(way), way)))


def _other_case(match: re.Match[str]) -> str:
    return match[0].lower() if match[0][0] == "%" else "\\u" + match[0][2:].upper()
