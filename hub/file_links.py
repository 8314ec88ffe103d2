"""Signed addresses of files that go out: providers that fetch what they send get them there, for a day or two. Pure."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from typing import Final
from urllib.parse import quote
from uuid import UUID

from hub.crypto import Cipher

DAY: Final = 86_400
PURPOSE: Final = "file links"


def address(public_url: str, cipher: Cipher, id_: UUID, name: str) -> str:
    """The same over a day, so that a repeat of a request is a repeat; good until the end of the day after."""
    until = (int(time.time()) // DAY + 2) * DAY
    key = _key(cipher, id_, until)
    return f"{public_url.rstrip('/')}/files/{id_.hex}/{until}/{key}/{quote(name, safe='') or 'file'}"


def is_good(cipher: Cipher, id_: UUID, until: str, key: str) -> bool:
    """Whether the hub made this address, and it is not too old."""
    if not (until.isascii() and until.isdecimal() and len(until) < 13) or int(until) < time.time():
        return False
    return hmac.compare_digest(_key(cipher, id_, int(until)).encode(), key.encode("utf-8", "replace"))


def _key(cipher: Cipher, id_: UUID, until: int) -> str:
    return hmac.new(cipher.derive(PURPOSE), f"{id_.hex}:{until}".encode(), sha256).hexdigest()[:40]
