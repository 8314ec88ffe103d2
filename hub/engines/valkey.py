"""The embedded Valkey: append-only file, nothing evicted, a unix socket only."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from hub.engines import wire
from hub.engines.data_directory import DataDirectory
from hub.engines.engine import ENVIRON, roll
from hub.engines.locate import Programs, valkey_name
from hub.engines.process import Step, living_in, spawn, wait_until

OPTIONS = (
    *("--port", "0"),
    *("--unixsocketperm", "700"),
    *("--save", ""),
    *("--appendonly", "yes"),
    *("--appendfsync", "everysec"),
    *("--maxmemory-policy", "noeviction"),
    *("--loglevel", "warning"),
    *("--databases", "64"),
)


class Valkey:
    """One embedded server."""

    name = "Valkey"
    stop_steps: tuple[Step, ...] = ((signal.SIGTERM, 15.0),)

    def __init__(self, place: DataDirectory, programs: Programs) -> None:
        self._place, self._programs = place, programs
        self.version = programs.version
        self.data = place.home / "valkey"
        self.log = place.home / "valkey.log"
        self.socket = place.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        """Its directory; a server left over from a killed hub is ended first."""
        self._place.directory("valkey")
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in living_in(self.data):
                _signal(pid, sign)
            if wait_until(lambda: not living_in(self.data), 15.0):
                break
        self.socket.unlink(missing_ok=True)
        roll(self.log)

    def launch(self) -> subprocess.Popen[bytes]:
        program: Path = self._programs.path(valkey_name(self._programs))
        return spawn(
            [program, "--dir", self.data, "--unixsocket", self.socket, *OPTIONS],
            cwd=self.data,
            environ=ENVIRON,
            log=self.log,
            account=self._place.account,
        )

    def answers(self) -> bool:
        try:
            return wire.valkey(self.socket, "PING") == "+PONG"
        except wire.NotReady:
            return False


def _signal(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return
