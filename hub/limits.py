"""How often something may be tried: counted in Redis for all processes, in memory while Redis is away."""

from __future__ import annotations

import time
from typing import Any

from redis.exceptions import RedisError

from values.errors import Forbidden
from values.sentences import phrase

_TOO_OFTEN = phrase("Too many attempts. Wait a few minutes and try again.")
_memory: dict[str, tuple[int, float]] = {}


async def count(redis: Any, key: str, *, limit: int, seconds: int) -> None:
    """Count one try of `key`. Raises Forbidden beyond `most` tries in `seconds`."""
    if await tally(redis, key, seconds=seconds) > limit:
        raise Forbidden(_TOO_OFTEN)


async def tally(redis: Any, key: str, *, seconds: int) -> int:
    """Count one try of `key`; how many there were within `seconds`."""
    tries = await _in_redis(redis, f"hub:tries:{key}", seconds)
    return tries if tries is not None else _in_memory(key, seconds)


async def forget(redis: Any, key: str) -> None:
    """Begin anew, after a success."""
    _memory.pop(key, None)
    try:
        await redis.delete(f"hub:tries:{key}")
    except (RedisError, OSError):
        return


async def _in_redis(redis: Any, key: str, seconds: int) -> int | None:
    try:
        async with redis.pipeline(transaction=True) as pipe:
            _set, tries = await pipe.set(key, 0, ex=seconds, nx=True).incr(key).execute()
    except (RedisError, OSError):
        return None
    return int(tries)


def _in_memory(key: str, seconds: int) -> int:
    now = time.monotonic()
    if len(_memory) > 10_000:
        for old in [k for k, (_n, until) in _memory.items() if until < now]:
            del _memory[old]
    n, until = _memory.get(key, (0, now + seconds))
    n, until = (n + 1, until) if until > now else (1, now + seconds)
    _memory[key] = (n, until)
    return n
