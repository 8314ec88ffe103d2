"""The second factor: codes of an authenticator app (RFC 6238), each accepted once."""

from __future__ import annotations

import hmac
import time
from typing import Protocol

import pyotp
from pyotp.totp import TOTP

STEP = 30
DRIFT = 1


class Cipher(Protocol):
    """What seals secrets at rest; the roof gives one."""

    def encrypt(self, plain: str, /) -> str: ...

    def decrypt(self, sealed: str, /) -> str: ...


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth:// address that an app reads from a QR code."""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, *, now: float | None = None) -> int | None:
    """The 30-second step that a code is of, one step of clock drift allowed; None when it is wrong."""
    given = "".join(code.split())
    if len(given) != 6 or not given.isascii() or not given.isdigit():
        return None
    present = int((time.time() if now is None else now) // STEP)
    found: int | None = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(TOTP(secret).generate_otp(step), given):
            found = step
    return found


def is_secret(text: str) -> bool:
    """Whether this may be a secret that `new_secret` made."""
    return len(text) == 32 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
