"""A child of the supervisor: started again with growing pauses when it dies, one line when lost and one when back."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence

from hub.engines.engine import Engine, start
from hub.engines.process import Step, stop
from hub.problem import Problem

PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY = 30.0
"""Seconds a child has to live for its next death to count as the first."""

Say = Callable[[str], None]


class Child:
    """One process that has to run. `is_ready` tells whether it serves; it is asked after each start."""

    def __init__(
        self,
        name: str,
        launch: Callable[[], subprocess.Popen[bytes]],
        *,
        is_ready: Callable[[], bool],
        stop_steps: Sequence[Step],
        say: Say,
    ) -> None:
        self.name = name
        self._launch, self._is_ready, self._stop_steps, self._say = launch, is_ready, stop_steps, say
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths, self._lost, self._due, self._born = 0, False, 0.0, 0.0
        self.losses = 0
        """How often it died without being asked to."""

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return None if self._process is None else self._process.poll()

    def begin(self) -> None:
        """Start it. Raises Problem."""
        self._born = time.monotonic()
        self._process = self._launch()

    def is_up(self) -> bool:
        """Whether it runs and serves."""
        return self._process is not None and self._process.poll() is None and self._is_ready()

    def tend(self) -> None:
        """Notice a death, start again when the pause is over, notice a return."""
        if self._process is not None and self._process.poll() is not None:
            self._bury()
        if self._process is None and time.monotonic() >= self._due:
            self._revive()
        if self._lost and self.is_up():
            self._lost = False
            self._say(f"{self.name} is back.")

    def ask_to_stop(self) -> None:
        """Send the first, polite signal without waiting."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self._stop_steps[0][0])

    def end(self) -> None:
        """Stop it and wait until it is gone."""
        if self._process is not None:
            stop(self._process, self._stop_steps)
            self._process = None

    def _bury(self) -> None:
        assert self._process is not None
        if time.monotonic() - self._born > STEADY:
            self._deaths = 0
        self.losses += 1
        self._await_next(_manner(self._process.returncode))
        self._process = None

    def _revive(self) -> None:
        try:
            self.begin()
        except (Problem, OSError) as problem:
            self._process = None
            self._await_next(str(problem))

    def _await_next(self, reason: str) -> None:
        self._due = time.monotonic() + PAUSES[min(self._deaths, len(PAUSES) - 1)]
        self._deaths += 1
        if not self._lost:
            self._lost = True
            self._say(f"{self.name} was lost ({reason}); starting it again.")


def engine_child(engine: Engine, say: Say, *, is_cancelled: Callable[[], bool]) -> Child:
    """An engine as a child; its start waits until it serves."""
    return Child(
        engine.name,
        lambda: start(engine, say, is_cancelled=is_cancelled),
        is_ready=engine.answers,
        stop_steps=engine.stop_steps,
        say=say,
    )


def _manner(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"ended with {code}"
