"""`hub up`: starts engines, migrations and processes in order, keeps them running, stops them in the opposite order.

The parent imports no web framework and no database driver, so that it costs next to no memory.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from hub.assets import missing_assets
from hub.children import Child, engine_child
from hub.engines.embedded import addressed, needed
from hub.engines.engine import Engine
from hub.engines.lock import locked
from hub.engines.process import Step, spawn
from hub.ports import is_open, require_free
from hub.problem import Problem
from hub.settings import Settings

PROCESS_STEPS: tuple[Step, ...] = ((signal.SIGTERM, 20.0),)
FIRST_START = 120.0
SEEN_WITHIN = 2.0
"""Seconds within which the end of an engine is seen after the end of a process that it took along."""
SETTLED = 1.0
TICK = 0.25


OURSELVES = (sys.executable, "-m", "hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    """A command of the start that runs to its end; `losses` is how often an engine had been lost when it began."""

    name: str
    losses: int
    process: subprocess.Popen[str]
    again: Callable[[], _Command]


class Supervisor:
    """Everything one command runs. `say` gets a line of progress at a time; `program` takes a command's name."""

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], None],
        demo: bool = False,
        serves: int = 1,
        program: Sequence[str] = OURSELVES,
    ) -> None:
        self._settings, self._say, self._demo, self._serves = settings, say, demo, serves
        self._program = program
        self._engines: list[Child] = []
        self._processes: list[Child] = []
        self._stopping = False

    def run(self) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP. Raises Problem when something cannot start."""
        began = time.monotonic()
        with locked(self._settings.data_dir, patience=2.0):
            wake = self._listen()
            try:
                self._check()
                self._start(began)
                while not self._stopping:
                    for child in (*self._engines, *self._processes):
                        child.tend()
                    select.select([wake], [], [], TICK)
                    _drain(wake)
            finally:
                self._stop()

    def _check(self) -> None:
        require_free(self._settings.host, self._settings.port, variable="HUB_PORT")
        if self._settings.smtp_port:
            require_free(self._settings.host, self._settings.smtp_port, variable="HUB_SMTP_PORT")
        if missing := missing_assets():
            self._say(f"The pages will look bare: {missing[0]} is missing. Run `make assets`.")

    def _start(self, began: float) -> None:
        engines = needed(self._settings, self._say)
        settings = addressed(self._settings, engines)
        for engine in engines:
            self._start_engine(engine)
        environ = _environ(settings)
        if not self._stopping:
            self._result(self._command("migrate", environ))
        self._say("The database schema is up to date.")
        opening = None if self._stopping else self._command("bootstrap", environ, stdout=subprocess.PIPE)
        self._start_processes(environ)
        if opening is not None:
            self._welcome(self._result(opening), began)

    def _start_engine(self, engine: Engine) -> None:
        began = time.monotonic()
        child = engine_child(engine, self._say, is_cancelled=lambda: self._stopping)
        self._engines.append(child)
        if not self._stopping:
            child.begin()
            self._say(f"{engine.name} {engine.version} serves ({time.monotonic() - began:.1f} s).")

    def _start_processes(self, environ: dict[str, str]) -> None:
        host, port = self._settings.host, self._settings.port
        names = ["serve"] * self._serves + ["work"] + (["demo"] if self._demo else [])
        for number, name in enumerate(names):
            is_serve = name == "serve"
            child = Child(
                f"hub {name}" + (f" {number + 1}" if is_serve and self._serves > 1 else ""),
                lambda name=name: self._process(name, environ),
                is_ready=(lambda: is_open(host, port)) if is_serve else _since(SETTLED),
                stop_steps=PROCESS_STEPS,
                say=self._say,
            )
            self._processes.append(child)
            if not self._stopping:
                child.begin()
        self._await_first_page()

    def _await_first_page(self) -> None:
        deadline = time.monotonic() + FIRST_START
        while not self._stopping and not all(child.is_up() for child in self._processes):
            self._tend_engines()
            for child in self._processes:
                if (child.exit_code or 0) > 0 and not self._is_engine_lost(since=0):
                    raise Problem(
                        f"{child.name} ended with {child.exit_code} at its start; its last lines are above."
                    )
                child.tend()
            if time.monotonic() > deadline:
                raise Problem(f"The hub does not answer after {FIRST_START:.0f} s; run `hub doctor`.")
            time.sleep(0.02)

    def _result(self, command: _Command) -> str:
        """What a command printed. One that failed while an engine was lost is run again. Raises Problem."""
        while not self._stopping:
            while command.process.poll() is None:
                self._tend_engines()
                time.sleep(0.02)
            if command.process.returncode == 0 or self._stopping:
                break
            if not self._is_engine_lost(since=command.losses):
                raise Problem(f"`hub {command.name}` failed; the reason is above.")
            command = command.again()
        return command.process.communicate()[0] or ""

    def _tend_engines(self) -> None:
        for engine in self._engines:
            engine.tend()

    def _losses(self) -> int:
        return sum(engine.losses for engine in self._engines)

    def _is_engine_lost(self, *, since: int) -> bool:
        """Whether engines were lost beyond `since`: who fails for want of one is often seen to end before it is."""
        deadline = time.monotonic() + SEEN_WITHIN
        while self._losses() <= since and not self._stopping and time.monotonic() < deadline:
            self._tend_engines()
            time.sleep(0.02)
        return self._losses() > since

    def _process(self, name: str, environ: dict[str, str]) -> subprocess.Popen[bytes]:
        """A process that ends with us however we end: all it has accepted is stored already."""
        return spawn([*self._program, name], cwd=Path.cwd(), environ=environ, death_signal=signal.SIGKILL)

    def _command(self, name: str, environ: dict[str, str], *, stdout: int | None = None) -> _Command:
        return _Command(
            name=name,
            losses=self._losses(),
            process=subprocess.Popen(  # noqa: S603  ourselves
                [*self._program, name], env=environ, stdin=subprocess.DEVNULL, stdout=stdout, text=True
            ),
            again=lambda: self._command(name, environ, stdout=stdout),
        )

    def _welcome(self, told: str, began: float) -> None:
        if self._stopping:
            return
        ways = json.loads(told)
        self._say(f"Ready after {time.monotonic() - began:.1f} s.")
        self._say(
            f"\n  Open     {ways['address']}\n  Sign in  {ways['link']}  (works once)\n\nCtrl-C stops the hub."
        )

    def _stop(self) -> None:
        self._stopping = True
        if self._processes or self._engines:
            self._say("Stopping.")
        for child in self._processes:
            child.ask_to_stop()
        for child in (*reversed(self._processes), *reversed(self._engines)):
            child.end()

    def _listen(self) -> int:
        """Turn the signals into a flag and a byte on a pipe, so that waiting ends at once."""
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _wake)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup wants no end with the terminal
                signal.signal(number, self._ask_to_stop)
        return reading

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True


def _wake(number: int, frame: FrameType | None) -> None:
    """Nothing to do: the byte on the pipe has ended the wait."""


def _since(seconds: float) -> Callable[[], bool]:
    """Ready once asked for that long: for a process that opens nothing one could look at."""
    first: list[float] = []

    def is_ready() -> bool:
        first[:] = first or [time.monotonic()]
        return time.monotonic() - first[0] >= seconds

    return is_ready


def _environ(settings: Settings) -> dict[str, str]:
    package_home = str(Path(__file__).parents[1])
    path = os.pathsep.join(part for part in (package_home, os.environ.get("PYTHONPATH", "")) if part)
    return {
        **os.environ,
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_DATA_DIR": str(settings.data_dir),
        "PYTHONPATH": path,
    }


def _drain(wake: int) -> None:
    try:
        os.read(wake, 4096)
    except BlockingIOError:
        return
