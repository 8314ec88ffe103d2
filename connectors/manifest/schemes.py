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
from connectors.signing import MOMENT, check_age, check_hmac
from values.sentences import phrase

TOKEN_AGE = 300.0
LEEWAY = 5.0
"""Seconds by which a clock that is ahead of ours may differ."""


def check_ed25519(message: bytes, given: str, keys: Sequence[str], *, encoding: str = "base64") -> None:
    """Raise Unverified unless the signature is of one of our public keys, both written in `encoding`."""
    signature = _bytes(given, encoding)
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(_bytes(key, encoding)).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return
    raise Unverified(phrase("The signature does not fit the request."))


def check_token(
    raw: RawInput, given: str, secrets: Sequence[str], *, max_age: float, addresses: Sequence[str] = ()
) -> None:
    """Raise Unverified unless a JWT (HS256) of one of our secrets is valid now and holds the hash of this body.

    Its time is `iat`, or `nbf` and `exp`; a hash of the address (`url_hash`) has to fit where there is one.
    """
    head, _, signature = given.removeprefix("Bearer ").strip().rpartition(".")
    check_hmac(
        [head.encode("utf-8", "replace")], _padded(signature), secrets, algorithm="sha256", encoding="base64"
    )
    header, claims = _claims(head)
    if header.get("alg") != "HS256":
        raise Unverified(phrase("The token is signed in another way than agreed."))
    if not _is_hash(claims.get("payload_hash"), [raw.body]):
        raise Unverified(phrase("The signature does not cover the body."))
    if "url_hash" in claims and not _is_hash(
        claims["url_hash"], [address.encode("utf-8", "replace") for address in addresses]
    ):
        raise Unverified(phrase("The token is for another address."))
    _check_time(claims, max_age=max_age or TOKEN_AGE)


def _check_time(claims: dict[str, Any], *, max_age: float) -> None:
    """A token without any time would be good for ever."""
    now = MOMENT.get() or datetime.now(UTC)
    if "iat" in claims:
        check_age(str(claims["iat"]), now=now, max_age=max_age)
    elif "exp" not in claims:
        raise Unverified(phrase("The token does not say until when it is good."))
    at = now.timestamp()
    if at > _number(claims.get("exp", at)) or at < _number(claims.get("nbf", at)) - LEEWAY:
        raise Unverified(
            phrase("The token is too old or in the future; the request may be somebody else's repeat.")
        )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unverified(phrase("The token's time is no number."))
    return float(value)


def _is_hash(said: Any, contents: Sequence[bytes]) -> bool:
    """Whether it is the SHA-256 (hexadecimal) of one of these."""
    given = str(said or "").lower().encode("utf-8", "replace")
    return True in [hmac.compare_digest(given, hashlib.sha256(one).hexdigest().encode()) for one in contents]


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
        raise Unverified(phrase("The token cannot be read."))
    return found


def _padded(text: str) -> str:
    """Base64 for addresses as ordinary base64."""
    return text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)


def _bytes(text: str, encoding: str) -> bytes:
    if encoding != "hex":
        return _decoded(text)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Unverified(phrase("The signature or the key is not written in hexadecimal.")) from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Unverified(phrase("The signature or the key is not base64.")) from None


def unchecked(error: Exception) -> Unverified:
    return Unverified(phrase("The signature cannot be checked: {error}.", error=error))
