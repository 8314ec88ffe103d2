"""Signatures that are no plain HMAC over the body: Ed25519, a signed token (JWT), Plivo's V3. Pure but for the clock."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from connectors.contract import RawInput, Unverified
from connectors.signing import check_age, check_hmac

TOKEN_AGE = 300.0


def check_ed25519(message: bytes, given: str, keys: Sequence[str]) -> None:
    """Raise Unverified unless the signature (base64) is of one of our public keys (base64)."""
    signature = _decoded(given)
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(_decoded(key)).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return
    raise Unverified("The signature does not fit the request.")


def check_token(raw: RawInput, given: str, secrets: Sequence[str], *, max_age: float) -> None:
    """Raise Unverified unless a JWT (HS256) of one of our secrets, issued just now, holds the hash of this body."""
    head, _, signature = given.removeprefix("Bearer ").strip().rpartition(".")
    check_hmac(
        [head.encode("utf-8", "replace")], _padded(signature), secrets, algorithm="sha256", encoding="base64"
    )
    claims = _claims(head)
    if claims[0].get("alg") != "HS256":
        raise Unverified("The token is signed in another way than agreed.")
    hashed = str(claims[1].get("payload_hash", "")).lower()
    if not hmac.compare_digest(
        hashed.encode("utf-8", "replace"), hashlib.sha256(raw.body).hexdigest().encode()
    ):
        raise Unverified("The signature does not cover the body.")
    check_age(str(claims[1].get("iat", "")), now=datetime.now(UTC), max_age=max_age or TOKEN_AGE)


def plivo_message(url: str, pairs: Sequence[tuple[str, str]], nonce: str) -> bytes:
    """What Plivo signs (V3): the address with its query and the form's fields, sorted, and a number used once."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}{parts.path}"
    query = "&".join(
        f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    fields = "".join(name + value for name, value in sorted(pairs))
    if fields:
        base += f"?{query}." if query else "?"
    elif query:
        base += f"?{query}"
    return f"{base}{fields}.{nonce}".encode("utf-8", "replace")


def _claims(head: str) -> list[dict[str, Any]]:
    try:
        found = [orjson.loads(_decoded(_padded(part))) for part in head.split(".")]
    except orjson.JSONDecodeError:
        found = []
    if len(found) != 2 or not all(isinstance(one, dict) for one in found):
        raise Unverified("The token cannot be read.")
    return found


def _padded(text: str) -> str:
    """Base64 for addresses as ordinary base64."""
    return text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Unverified("The signature or the key is not base64.") from None
