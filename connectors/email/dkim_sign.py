"""DKIM (RFC 6376): signs a rendered mail with the channel's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from connectors.contract import Refused
from connectors.email.render import Rendered
from connectors.email.spec import DkimKey

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
        header = SIGN(
            mail.body,
            key.selector.encode("ascii"),
            key.domain.encode("idna"),
            _usable(key.key),
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=b"rsa-sha256",
            include_headers=[name for name in HEADERS if name in present],
        )
    except (ValueError, TypeError, UnicodeError, dkim.DKIMException) as error:
        raise Refused(f"The mail could not be signed, check the DKIM key of the channel: {error}") from error
    return replace(mail, body=header + mail.body)


def _usable(pem: str) -> bytes:
    """The key in PKCS#1, the one form that the library reads."""
    key = load_pem_private_key(pem.encode("ascii"), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("it is no RSA key")
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
