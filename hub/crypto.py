"""Secrets at rest: AES-GCM under the installation's key; tokens derive keys of their own from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class WrongKey(Exception):
    """The secret key is not the one that sealed this."""


class Cipher:
    """Encrypts and decrypts with keys derived from HUB_SECRET_KEY."""

    def __init__(self, secret_key: str) -> None:
        self._root = hashlib.sha256(secret_key.encode()).digest()
        self._seal = AESGCM(self.derive("secrets at rest"))

    def encrypt(self, plain: str) -> str:
        nonce = secrets.token_bytes(12)
        return (
            "v1." + base64.urlsafe_b64encode(nonce + self._seal.encrypt(nonce, plain.encode(), None)).decode()
        )

    def decrypt(self, sealed: str) -> str:
        """Raises WrongKey when HUB_SECRET_KEY is not the one it was sealed with."""
        try:
            blob = base64.urlsafe_b64decode(sealed.removeprefix("v1."))
            return self._seal.decrypt(blob[:12], blob[12:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey(
                "A stored secret cannot be opened: HUB_SECRET_KEY (or the file secret.key) is not the one it was sealed with."
            ) from error

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose."""
        return hmac.new(self._root, purpose.encode(), hashlib.sha256).digest()
