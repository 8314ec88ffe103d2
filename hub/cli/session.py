"""What the commands share: the settings, the engines at hand, a pool for as long as a command takes."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hub.settings import Settings

if TYPE_CHECKING:
    from hub.database import Pool

T = TypeVar("T")


def read_settings() -> Settings:
    """The settings of this process; a wrong one ends the command with a sentence."""
    return Settings.from_env(os.environ)


def whisper(line: str) -> None:
    """A remark for the person at the terminal, kept off standard output, which scripts read."""
    click.echo(line, err=True)


def with_pool(work: Callable[[Pool, Settings], Awaitable[T]]) -> T:
    """Run `work` on the installation's migrated database; engines that do not run are started for as long as it takes."""
    import asyncio

    from hub.engines.embedded import at_hand

    with at_hand(read_settings(), whisper) as settings:
        return asyncio.run(_with_pool(work, settings))


def print_json(value: Any) -> None:
    """What a script reads: one JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


async def _with_pool(work: Callable[[Pool, Settings], Awaitable[T]], settings: Settings) -> T:
    from hub.database import create_pool
    from hub.migrate import migrate

    pool = await create_pool(settings.database_url, application="command", min_size=1, max_size=4)
    try:
        async with pool.acquire() as conn:
            await migrate(conn, say=whisper)
        return await work(pool, settings)
    finally:
        await pool.close()
