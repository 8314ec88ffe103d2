"""The address at which somebody refuses automatic messages: signed, the same for each message to them."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from hub.crypto import Cipher

PURPOSE = "refusals"
PATH = "/no-mail/"


def address_for(public_url: str, cipher: Cipher, kind: str, value: str) -> str:
    """What stands in `List-Unsubscribe` (RFC 8058)."""
    body = urlsafe_b64encode(json.dumps([kind, value]).encode()).decode().rstrip("=")
    return f"{public_url.rstrip('/')}{PATH}{body}.{_mark(cipher, body)}"


def handle_of(cipher: Cipher, token: str) -> tuple[str, str] | None:
    """`(kind, value)` of whom a token names; None for one that this hub did not sign."""
    body, _, mark = token.partition(".")
    if not body.isascii() or not hmac.compare_digest(
        mark.encode("utf-8", "replace"), _mark(cipher, body).encode()
    ):
        return None
    kind, value = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return kind, value


def _mark(cipher: Cipher, body: str) -> str:
    return hmac.digest(cipher.derive(PURPOSE), body.encode(), sha256)[:12].hex()
