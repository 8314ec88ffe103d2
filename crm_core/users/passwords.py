"""Password hashes: argon2id in a thread, two at a time, so that sign-ins neither block the loop nor fill the memory."""

from __future__ import annotations

import asyncio
from functools import cache
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from values.errors import Invalid
from values.sentences import phrase

AT_ONCE = 2
SHORTEST = 10
LONGEST = 1024
COMMON = frozenset(
    ["1234567890", "0123456789", "passwordpassword", "password123", "qwertyuiop", "qwerty12345", "1q2w3e4r5t"]
)

_hasher = PasswordHasher()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def check_strength(password: str) -> None:
    """Raise Invalid for a password that would be guessed."""
    if len(password) < SHORTEST:
        raise Invalid(phrase("Use at least 10 characters."), field="password")
    if len(password) > LONGEST:
        raise Invalid(phrase("This password is too long."), field="password")
    if len(set(password)) < 4 or password.lower() in COMMON:
        raise Invalid(phrase("This password is too easy to guess."), field="password")


async def make_hash(password: str) -> str:
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def verify(hash_: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time when there is no hash."""
    async with _turn():
        if len(password) > LONGEST:
            return False
        if hash_ is None:
            await asyncio.to_thread(_verify, _nobodys(), password)
            return False
        return await asyncio.to_thread(_verify, hash_, password)


def is_outdated(hash_: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hash_)


def _verify(hash_: str, password: str) -> bool:
    try:
        return _hasher.verify(hash_, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
