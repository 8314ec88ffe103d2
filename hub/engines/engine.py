"""What the supervisor asks of an engine, and how one is brought to serve."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from hub.engines.data_directory import Say
from hub.engines.process import Step
from hub.problem import Problem

PATIENCE = 10.0
LOG_LIMIT = 8 * 2**20
ENVIRON = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Engine(Protocol):
    """PostgreSQL or Valkey, embedded."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def stop_steps(self) -> Sequence[Step]: ...

    @property
    def log(self) -> Path: ...

    @property
    def url(self) -> str:
        """Where clients find it."""
        ...

    def prepare(self) -> None:
        """Make the files, and get rid of what an earlier run left behind. Raises Problem."""
        ...

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server as our child."""
        ...

    def answers(self) -> bool:
        """Whether it serves now."""
        ...


def start(
    engine: Engine, say: Say, *, is_cancelled: Callable[[], bool] = lambda: False
) -> subprocess.Popen[bytes]:
    """Prepare, launch and wait until it serves, as long as a recovery takes.

    Raises Problem when it ends instead; returns early, with the child, when `is_cancelled`.
    """
    engine.prepare()
    process = engine.launch()
    told = time.monotonic()
    while not is_cancelled() and not engine.answers():
        if process.poll() is not None:
            raise Problem(
                f"{engine.name} ended with {process.returncode}: {_reason(engine.log)} (log: {engine.log})"
            )
        if time.monotonic() - told > PATIENCE:
            told = time.monotonic()
            say(f"{engine.name} is still recovering; this is safe and ends by itself.")
        time.sleep(0.01)
    return process


def roll(log: Path) -> None:
    """Put a log that has grown aside; one older log is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _reason(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines()[-40:] if line.strip()]
    except OSError:
        return "no log was written"
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "# " in line]
    return (fatal or lines or ["no reason was logged"])[-1].strip()
