"""Asks every question in order; one that cannot be asked does not keep the next from being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from hub.doctor import machine
from hub.doctor.finding import Finding, wrong
from hub.engines.embedded import at_hand
from hub.problem import Problem, WrongSetting
from hub.settings import Settings

QUESTIONS: tuple[Callable[[Settings], Finding], ...] = (
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
        return [wrong("settings", str(problem), "See the sentence.")]
    return [*(question(settings) for question in QUESTIONS), *_engines(settings)]


def _engines(settings: Settings) -> list[Finding]:
    try:
        with at_hand(settings, lambda line: None) as running:
            from hub.doctor import servers  # the database driver, only when there is a database

            return [*asyncio.run(servers.database(running)), *servers.redis_server(running)]
    except Problem as problem:
        return [wrong("engines", str(problem), "See the sentence.")]
