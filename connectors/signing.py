"""Signatures of webhooks: computed over exact bytes, compared in constant time, secrets as lists so that they rotate."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.contract import Unverified

ALGORITHMS = ("sha1", "sha256", "sha512", "md5")
ENCODINGS = ("hex", "base64")


def secrets_of(value: object) -> list[str]:
    """A secret, or several by line or comma while they are rotated. Empty ones never verify anything."""
    if isinstance(value, str):
        parts = value.replace(",", "\n").split("\n")
    elif isinstance(value, Sequence):
        parts = [str(part) for part in value]  # pyright: ignore[reportUnknownVariableType] - settings are JSON
    else:
        parts = []
    return [part.strip() for part in parts if part.strip()]


def same_secret(given: str, wanted: Sequence[str]) -> bool:
    """Whether a shared secret is one of ours; constant time for each."""
    found = [hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()) for secret in wanted]
    return any(found)


def digest(message: bytes, secret: str, *, algorithm: str, encoding: str) -> str:
    """The HMAC of a message as providers write it."""
    mac = hmac.new(secret.encode(), message, getattr(hashlib, algorithm))
    return mac.hexdigest() if encoding == "hex" else base64.b64encode(mac.digest()).decode()


def check_hmac(
    message: bytes, given: str, wanted: Sequence[str], *, algorithm: str, encoding: str, prefix: str = ""
) -> None:
    """Raise Unverified unless `given` signs `message` under one of our secrets."""
    if prefix:
        if not given.startswith(prefix):
            raise Unverified("The signature is missing or of another kind.")
        given = given[len(prefix) :]
    given = given.strip()
    if encoding == "hex":
        given = given.lower()
    computed = [digest(message, secret, algorithm=algorithm, encoding=encoding) for secret in wanted]
    fits = [hmac.compare_digest(given.encode("utf-8", "replace"), one.encode()) for one in computed]
    if not given or not any(fits):
        raise Unverified("The signature does not fit the body.")


def url_and_fields(url: str, fields: Mapping[str, str]) -> bytes:
    """What Twilio signs: the address, then every field's name and value, sorted by name (its "Validating requests")."""
    return (url + "".join(name + fields[name] for name in sorted(fields))).encode()


def check_age(timestamp: str, *, now: datetime, max_age: float) -> None:
    """Raise Unverified for a timestamp (Unix seconds) that is too old or too far in the future."""
    try:
        age = now.timestamp() - float(timestamp)
    except ValueError:
        raise Unverified("The timestamp is missing or no number.") from None
    if not -max_age <= age <= max_age:
        raise Unverified("The timestamp is too old; the request may be a repeat by somebody else.")
