"""Asks every question in order; one that cannot be asked does not keep the next from being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from hub.doctor import environment, machine
from hub.doctor.finding import Finding, wrong
from hub.engines.embedded import at_hand
from hub.problem import Problem, WrongSetting
from hub.settings import Settings

QUESTIONS: tuple[Callable[[Settings], Finding], ...] = (
    environment.region,
    machine.python,
    machine.packages,
    machine.user,
    machine.data_directory,
    machine.disk,
    machine.secret_key,
    machine.ports,
    machine.assets,
)


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Everything there is to say. Nothing is changed but for starting engines that do not run, for a moment."""
    try:
        settings = Settings.from_env(environ)
    except WrongSetting as problem:
        found, _, remedy = str(problem).partition(": ")
        return [wrong("settings", found, remedy)]
    except Problem as problem:
        return [wrong("settings", *_parts(problem))]
    named = environment.names(environ)
    return [*named, *(question(settings) for question in QUESTIONS), *_engines(settings)]


def _engines(settings: Settings) -> list[Finding]:
    try:
        with at_hand(settings, lambda line: None) as running:
            from hub.doctor import servers  # the database driver, only when there is a database

            return [*asyncio.run(servers.database(running)), *servers.redis_server(running)]
    except Problem as problem:
        broken = [wrong("engines", *_parts(problem))]
        if not settings.redis_url:
            return broken
        from hub.doctor import servers  # the one that is broken says nothing of the other

        return [*broken, *servers.redis_server(settings)]


def _parts(problem: Problem) -> tuple[str, str]:
    """What is wrong, and what to do, which most sentences say after a colon."""
    found, colon, remedy = str(problem).partition(": ")
    return (found, remedy[:1].upper() + remedy[1:]) if colon else (str(problem), "")
