"""The embedded engines of an installation: start them for a while, or find the ones that run."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from hub.engines.data_directory import DataDirectory, Say, find_data_directory, make_place, reachable
from hub.engines.engine import Engine, start
from hub.engines.locate import find_postgres, find_valkey, valkey_name
from hub.engines.lock import DirectoryInUse, locked
from hub.engines.postgres import Postgres
from hub.engines.process import stop, wait_until
from hub.engines.valkey import Valkey
from hub.problem import Problem
from hub.settings import Settings


def needed(settings: Settings, say: Say) -> list[Engine]:
    """The engines that no URL replaces, ready to be prepared and launched. Raises Problem."""
    if settings.database_url and settings.redis_url:
        return []
    place = make_place(settings.data_dir, say)
    engines: list[Engine] = []
    if not settings.database_url:
        engines.append(_postgres(place, say))
    if not settings.redis_url:
        engines.append(_valkey(place, say))
    return engines


def addressed(settings: Settings, engines: list[Engine]) -> Settings:
    """The settings with the addresses of these engines in the empty places."""
    urls = {engine.name: engine.url for engine in engines}
    return replace(
        settings,
        database_url=settings.database_url or urls[Postgres.name],
        redis_url=settings.redis_url or urls[Valkey.name],
    )


def attached(settings: Settings, *, patience: float = 0.0) -> Settings:
    """The settings with the addresses of the engines that run in the data directory. Raises Problem."""
    if settings.database_url and settings.redis_url:
        return settings
    place = find_data_directory(settings.data_dir)
    if place is None:
        raise _nothing_runs(settings)
    engines: list[Engine] = []
    if not settings.database_url:
        engines.append(Postgres(place, find_postgres()))
    if not settings.redis_url:
        engines.append(Valkey(place, find_valkey()))
    if not wait_until(lambda: all(engine.answers() for engine in engines), patience):
        raise _nothing_runs(settings)
    return addressed(settings, engines)


@contextmanager
def at_hand(settings: Settings, say: Say) -> Generator[Settings]:
    """Settings with addresses: of the engines that run, else of engines started for as long as this takes."""
    if settings.database_url and settings.redis_url:
        yield settings
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(settings.data_dir))
        except DirectoryInUse:
            yield attached(settings, patience=30.0)
            return
        engines = needed(settings, say)
        for engine in engines:
            stack.callback(_stop, engine, start(engine, say))
        yield addressed(settings, engines)


def _stop(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    stop(process, engine.stop_steps)


def _postgres(place: DataDirectory, say: Say) -> Postgres:
    return Postgres(place, reachable(find_postgres(), program="postgres", account=place.account, say=say))


def _valkey(place: DataDirectory, say: Say) -> Valkey:
    programs = find_valkey()
    return Valkey(place, reachable(programs, program=valkey_name(programs), account=place.account, say=say))


def _nothing_runs(settings: Settings) -> Problem:
    return Problem(
        f"No engines run in {settings.data_dir}: start the hub with `hub up`, "
        "or set HUB_DATABASE_URL and HUB_REDIS_URL."
    )
