"""One command runs everything: in order, again when something dies, and down again in the opposite order."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hub.engines.lock import locked
from hub.engines.process import is_alive, living_in, wait_until
from hub.ports import is_open, require_free
from hub.problem import Problem

SMALL_HUB = Path("tests/servers/small_hub.py").absolute()
LONG = 120.0
START = """
import os, signal, sys
from hub.problem import Problem
from hub.settings import Settings
from hub.supervisor import Supervisor
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
try:
    Supervisor(
        Settings.from_env(os.environ), say=lambda line: print(line, flush=True), program=[sys.executable, sys.argv[1]]
    ).run()
except Problem as problem:
    print("problem:", problem, flush=True)
    raise SystemExit(1)
"""


@dataclass
class Hub:
    """A supervisor with real engines and a small hub, in a process of its own."""

    home: Path
    port: int
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None

    def start(self) -> None:
        environ = {
            **os.environ,
            "HUB_DATA_DIR": str(self.home),
            "HUB_PORT": str(self.port),
            "HUB_SMTP_PORT": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, SMALL_HUB],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, args=(self.process,))
        self.reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.lines.extend(iter(process.stdout.readline, ""))

    def said(self, words: str, times: int = 1) -> bool:
        return wait_until(lambda: sum(words in line for line in self.lines) >= times, LONG)

    def ran(self) -> list[list[str]]:
        return [line.split() for line in (self.home / "ran").read_text().splitlines()]

    def pid_of(self, command: str) -> int:
        return [int(line[1]) for line in self.ran() if line[0] == command][-1]

    def signal(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        assert self.process is not None
        assert self.reader is not None
        code = self.process.wait(LONG)
        self.reader.join(LONG)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def engine_pids(self) -> dict[str, int]:
        postgres = (self.home / "engines" / "postgres" / "postmaster.pid").read_text().split()[0]
        return {"PostgreSQL": int(postgres), "Valkey": living_in(self.home / "engines" / "valkey")[0]}


@pytest.fixture
def hub() -> Generator[Hub]:
    home = Path(tempfile.mkdtemp(prefix="omnihub-up-", dir="/tmp"))
    home.chmod(0o711)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    made = Hub(home=home, port=port)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.signal(signal.SIGKILL)
    assert wait_until(lambda: not living_in(home / "engines" / "postgres"), LONG)
    shutil.rmtree(home)


def test_starts_in_order_and_stops_in_the_opposite_order(hub: Hub) -> None:
    hub.start()
    assert hub.said("http://here/once"), hub.lines
    order = [line[0] for line in hub.ran()]
    assert order[0] == "migrate"
    assert sorted(order[1:]) == ["bootstrap", "serve", "work"]
    assert all("host=" in line[2] and line[3].startswith("unix://") for line in hub.ran())
    assert hub.signal(signal.SIGINT) == 0
    assert sorted(line[0] for line in hub.ran()[4:]) == ["serve-stopped", "work-stopped"]
    assert not living_in(hub.home / "engines" / "valkey")
    assert "shut down" in (hub.home / "engines" / "postgres.log").read_text()
    hub.start()
    assert hub.said("http://here/once", times=2)


def test_whatever_dies_comes_back_with_two_lines(hub: Hub) -> None:
    hub.start()
    assert hub.said("http://here/once"), hub.lines
    victims = {**hub.engine_pids(), "hub serve": hub.pid_of("serve"), "hub work": hub.pid_of("work")}
    for name, pid in victims.items():
        os.kill(pid, signal.SIGKILL)
        assert hub.said(f"{name} was lost (killed by signal 9)"), hub.lines
        assert hub.said(f"{name} is back."), hub.lines
    assert (
        sum(" was lost" in line for line in hub.lines) == sum(" is back" in line for line in hub.lines) == 4
    )
    assert hub.pid_of("serve") != victims["hub serve"]
    assert is_open("127.0.0.1", hub.port)
    assert hub.signal(signal.SIGTERM) == 0


def test_a_killed_hub_leaves_nothing_running_and_starts_again(hub: Hub) -> None:
    hub.start()
    assert hub.said("http://here/once"), hub.lines
    pids = [*hub.engine_pids().values(), hub.pid_of("serve"), hub.pid_of("work")]
    assert hub.signal(signal.SIGKILL) == -signal.SIGKILL
    hub.start()
    assert hub.said("http://here/once", times=2), hub.lines
    assert not [pid for pid in pids if is_alive(pid)]
    assert hub.signal(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("migrate", "`hub migrate` failed"),
        ("work", "hub work ended with 3"),
        ("bootstrap", "`hub bootstrap` failed"),
    ],
)
def test_what_cannot_start_stops_everything(hub: Hub, command: str, says: str) -> None:
    (hub.home / f"fail-{command}").touch()
    hub.start()
    assert hub.wait() == 1
    assert any("problem:" in line and says in line for line in hub.lines), hub.lines
    assert any(f"{command} cannot start" in line for line in hub.lines)
    assert not living_in(hub.home / "engines" / "postgres")
    assert not is_open("127.0.0.1", hub.port)


@pytest.mark.parametrize("command", ["migrate", "bootstrap", "work"])
def test_an_engine_lost_during_the_start_only_delays_it(hub: Hub, command: str) -> None:
    (hub.home / f"shot-{command}").touch()
    hub.start()
    assert hub.said("http://here/once"), hub.lines
    assert any("PostgreSQL was lost" in line for line in hub.lines)
    assert wait_until(lambda: [line[0] for line in hub.ran()].count(command) == 2, LONG)
    assert hub.signal(signal.SIGTERM) == 0


def test_a_second_hub_on_the_same_data_is_refused(hub: Hub) -> None:
    with locked(hub.home):
        hub.start()
        assert hub.wait() == 1
    assert any(f"process {os.getpid()}" in line for line in hub.lines), hub.lines


def test_a_taken_port_is_named_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port} of 127.0.0.1 is in use: .* HUB_PORT=\d+"):
            require_free("127.0.0.1", port, variable="HUB_PORT")
    require_free("127.0.0.1", port, variable="HUB_PORT")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Problem, match="HUB_HOST"):
        require_free("192.0.2.1", 8080, variable="HUB_PORT")
