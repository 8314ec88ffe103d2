"""Signed names of conversations that travel in a plus-address and come back with the answer. Pure."""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from hashlib import sha256
from typing import Final

PREFIX: Final = "token:"
"""How a connector hands a token over among a message's references."""
SHAPE: Final = re.compile(r"c(\d{1,18})-([a-z2-7]{16})")


def token_for(secret: bytes, conversation_id: int) -> str:
    """Lower-case letters and digits only, because mail programs may lower what stands before the @."""
    return f"c{conversation_id}-{_mark(secret, conversation_id)}"


def conversation_of(secret: bytes, reference: str) -> int | None:
    """The conversation that a reference names; None for anything this installation did not sign for this channel."""
    found = SHAPE.fullmatch(reference.removeprefix(PREFIX).lower())
    if not reference.startswith(PREFIX) or not found or not secret:
        return None
    id_ = int(found[1])
    return id_ if hmac.compare_digest(found[2], _mark(secret, id_)) else None


def _mark(secret: bytes, conversation_id: int) -> str:
    digest = hmac.digest(secret, f"reply:{conversation_id}".encode(), sha256)
    return b32encode(digest[:10]).decode("ascii").lower()
