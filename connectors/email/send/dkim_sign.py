"""DKIM (RFC 6376, Ed25519 by RFC 8463): signs a rendered mail with the channel's key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from connectors.contract import Refused
from connectors.email.send.render import Rendered
from connectors.email.spec import DkimKey
from values.sentences import phrase

HEADERS: Final = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"reply-to"),
    *(b"mime-version", b"content-type", b"auto-submitted"),
)
SIGN: Final = cast("Callable[..., bytes]", dkim.sign)  # the library has no types


def signed(mail: Rendered, key: DkimKey | None) -> Rendered:
    """The mail with its signature; as it is without a key. Raises `Refused` for a key that cannot be used."""
    if key is None:
        return mail
    present = {line.partition(b":")[0].lower() for line in mail.body.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    try:
        usable, algorithm = _usable(key.key)
        header = SIGN(
            mail.body,
            key.selector.encode("ascii"),
            key.domain.encode("idna"),
            usable,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=algorithm,
            include_headers=[name for name in HEADERS if name in present],
        )
    except (ValueError, TypeError, UnicodeError, dkim.DKIMException) as error:
        raise Refused(
            phrase("The mail could not be signed, check the DKIM key of the channel: {error}", error=error)
        ) from error
    return replace(mail, body=header + mail.body)


def _usable(pem: str) -> tuple[bytes, bytes]:
    """The key as the library reads it, PKCS#1 or the bare Ed25519 seed in base64, and the name of the algorithm."""
    key = load_pem_private_key(pem.encode("ascii"), password=None)
    if isinstance(key, RSAPrivateKey):
        return key.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ), b"rsa-sha256"
    if isinstance(key, Ed25519PrivateKey):
        return b64encode(key.private_bytes_raw()), b"ed25519-sha256"
    raise ValueError("it is neither an RSA nor an Ed25519 key")
