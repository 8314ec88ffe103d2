"""Signatures of webhooks: computed over exact bytes, compared in constant time, secrets as lists so that they rotate."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime

from connectors.contract import Unverified
from values.sentences import phrase

ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")
ENCODINGS = ("hex", "base64", "hex_base64")
MILLISECONDS_FROM = 100_000_000_000
MOMENT: ContextVar[datetime | None] = ContextVar("moment", default=None)
"""The moment at which recorded requests are verified; None is now."""


def secrets_of(value: object) -> list[str]:
    """A secret, or several by line while they are rotated. Empty ones never verify anything."""
    if isinstance(value, str):
        parts = value.splitlines()
    elif isinstance(value, Sequence):
        parts = [str(part) for part in value]  # pyright: ignore[reportUnknownVariableType] - settings are JSON
    else:
        parts = []
    return [part.strip() for part in parts if part.strip()]


def same_secret(given: str, wanted: Sequence[str]) -> bool:
    """Whether a shared secret is one of ours; constant time for each."""
    found = [
        hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode("utf-8", "replace"))
        for secret in wanted
        if secret
    ]
    return True in found


def digest(message: bytes, secret: str | bytes, *, algorithm: str, encoding: str) -> str:
    """The HMAC of a message as providers write it; `hex_base64` is the base64 of its hexadecimal digits (Zadarma)."""
    key = secret if isinstance(secret, bytes) else secret.encode("utf-8", "replace")
    return written(hmac.new(key, message, algorithm).digest(), encoding)


def plain_hash(message: bytes, *, algorithm: str, encoding: str) -> str:
    """A hash without a key, as providers write it that put the secret among what is hashed."""
    return written(hashlib.new(algorithm, message, usedforsecurity=False).digest(), encoding)


def written(value: bytes, encoding: str) -> str:
    """Bytes as a signature is written."""
    if encoding == "hex":
        return value.hex()
    return base64.b64encode(value.hex().encode() if encoding == "hex_base64" else value).decode()


def key_of(secret: str, *, encoding: str, prefix: str) -> bytes:
    """The key that a secret stands for: its letters, or what it says in base64 or hexadecimal, without a prefix before it."""
    said = secret.removeprefix(prefix) if prefix else secret
    try:
        if encoding == "base64":
            return base64.b64decode(
                said.replace("-", "+").replace("_", "/") + "=" * (-len(said) % 4), validate=True
            )
        if encoding == "hex":
            return bytes.fromhex(said)
    except (binascii.Error, ValueError):
        raise Unverified(
            phrase("The secret in the channel's settings is not written as the provider writes it.")
        ) from None
    return said.encode("utf-8", "replace")


def check_hmac(
    messages: Sequence[bytes],
    given: str,
    wanted: Sequence[str | bytes],
    *,
    algorithm: str,
    encoding: str,
    prefix: str = "",
) -> None:
    """Raise Unverified unless one of the signatures in `given` signs one of `messages` under one of our secrets.

    Providers that rotate their key send several signatures, separated by spaces or commas; a comma in the prefix (`v1,`) is
    none of these.
    """
    parts = given.split() if "," in prefix else given.replace(",", " ").split()
    signatures = [one.removeprefix(prefix) for one in parts if one.startswith(prefix)][:8]
    if not signatures:
        raise Unverified(phrase("The signature is missing or of another kind."))
    if encoding == "hex":
        signatures = [one.lower() for one in signatures]
    fits = [
        hmac.compare_digest(
            one.encode("utf-8", "replace"),
            digest(message, secret, algorithm=algorithm, encoding=encoding).encode(),
        )
        for message in messages
        for secret in wanted
        for one in signatures
    ]
    if True not in fits:
        raise Unverified(phrase("The signature does not fit the request."))


def url_and_pairs(url: str, pairs: Iterable[tuple[str, str]]) -> bytes:
    """What Twilio signs: the address, then each field's name and value, sorted ("Validating requests" in its manual)."""
    return (url + "".join(name + value for name, value in sorted(set(pairs)))).encode("utf-8", "replace")


def check_age(timestamp: str, *, now: datetime, max_age: float) -> None:
    """Raise Unverified for a timestamp (Unix seconds or milliseconds) that is too old or too far in the future."""
    try:
        at = float(timestamp)
    except ValueError:
        raise Unverified(phrase("The timestamp is missing or no number.")) from None
    age = now.timestamp() - (at / 1000 if at >= MILLISECONDS_FROM else at)
    if not -max_age <= age <= max_age:
        raise Unverified(
            phrase("The timestamp is too old or in the future; the request may be somebody else's repeat.")
        )
