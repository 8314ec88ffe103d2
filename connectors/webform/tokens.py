"""Signed tokens that a browser carries: when a form was opened, who a visitor is."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final

import orjson

MAX_TOKEN: Final = 4096
SIGNATURE: Final = 24


def sign(secret: bytes, purpose: str, data: dict[str, Any]) -> str:
    """A token of `data`, readable by anybody, made by nobody but us. A purpose's token is no good for another."""
    payload = urlsafe_b64encode(orjson.dumps(data)).rstrip(b"=")
    return f"{payload.decode()}.{_signature(secret, purpose, payload)}"


def unsign(secret: bytes, purpose: str, token: str) -> dict[str, Any] | None:
    """What a token holds; None when it is not ours. Without a secret no token is ours."""
    payload, _, signature = token.partition(".")
    if not secret or not payload or not token.isascii() or len(token) > MAX_TOKEN:
        return None
    if not hmac.compare_digest(signature, _signature(secret, purpose, payload.encode())):
        return None
    try:
        data = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _signature(secret: bytes, purpose: str, payload: bytes) -> str:
    digest = hmac.digest(secret, purpose.encode() + b"\0" + payload, sha256)
    return urlsafe_b64encode(digest[:SIGNATURE]).decode()
