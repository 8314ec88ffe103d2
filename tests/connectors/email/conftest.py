"""A mailbox on a real Dovecot, and a place in memory that takes what a receiver accepts and can crash in between."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import ChannelConfig, Health, RawInput
from tests.servers.dovecot import Dovecot


@pytest.fixture
def dovecot_path() -> str:
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        if os.environ.get("CI"):
            pytest.fail("Dovecot is needed in CI")
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd)")
    return found


@pytest.fixture
def dovecot(dovecot_path: str) -> Iterator[Dovecot]:
    server = Dovecot()
    server.start()
    yield server
    server.remove()


class Crash(Exception):
    """The process dies: nothing of this accept is kept, or all of it but the answer."""


class Memory:
    """A `ReceiverContext` that keeps inputs and checkpoints together, like a transaction; `crash` says when to die."""

    http: Any = None

    def __init__(self, channel: ChannelConfig) -> None:
        self.channel = channel
        self.inputs: dict[str, RawInput] = {}
        self.repeats = 0
        self.places: dict[str, dict[str, Any]] = {}
        self.states: list[Health] = []
        self.notes: list[str] = []
        self.crash: Callable[[int], str] = lambda number: ""
        self._number = 0

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        self._number += bool(inputs)
        when = self.crash(self._number) if inputs else ""
        if when == "before":
            raise Crash
        for raw in inputs:
            assert raw.key
            self.repeats += raw.key in self.inputs
            self.inputs.setdefault(raw.key, raw)
        if checkpoint is not None:
            self.places[name] = dict(checkpoint)
        if when == "after":
            raise Crash

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        return self.places.get(name, {})

    async def known(self, keys: Sequence[str]) -> set[str]:
        return self.inputs.keys() & set(keys)

    async def report(self, health: Health) -> None:
        self.states.append(health)

    async def note(self, sentence: str) -> None:
        self.notes.append(sentence)


async def until(condition: Callable[[], Any], *, seconds: float = 60) -> None:
    """Waits for a condition with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> ChannelConfig:
    return channel_for(dovecot)


def channel_for(dovecot: Dovecot, **settings: Any) -> ChannelConfig:
    base = {
        "address": dovecot.user,
        "imap_host": "127.0.0.1",
        "imap_port": dovecot.port,
        "imap_security": "none",
        "imap_password": dovecot.password,
    }
    return ChannelConfig(id=1, slug="support", name="Support", settings=base | settings)


def imap_processes(base: Path) -> list[int]:
    """The imap processes of this very server (children of its session)."""
    found = subprocess.run(
        ["ps", "-eo", "pid=,sid=,comm="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in found.splitlines()]
    master = int((base / "run" / "master.pid").read_text())
    return [int(row[0]) for row in rows if len(row) == 3 and int(row[1]) == master and row[2] == "imap"]
