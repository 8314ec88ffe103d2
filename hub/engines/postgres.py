"""The embedded PostgreSQL: made once, durable settings, sockets only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from hub.engines import wire
from hub.engines.data_directory import DataDirectory
from hub.engines.engine import ENVIRON, roll
from hub.engines.locate import Programs
from hub.engines.memory import shared_buffers
from hub.engines.process import Step, is_alive, living_in, spawn, wait_until
from hub.problem import Problem

USER = DATABASE = "omnihub"
PORT = 5432
LEAVE = 60.0

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",  # one machine: nothing replicates from here
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "1GB",
    "max_connections": "100",
    "max_locks_per_transaction": "256",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",  # a new installation grows from nothing: plans of empty tables must not last
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_parameter_max_length_on_error": "0",  # no customer's words in a log
    "log_min_error_statement": "panic",
}


class Postgres:
    """One embedded server; `options` go over the usual ones (the tests trade safety for speed)."""

    name = "PostgreSQL"
    stop_steps: tuple[Step, ...] = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0))

    def __init__(
        self, place: DataDirectory, programs: Programs, options: Mapping[str, str] | None = None
    ) -> None:
        self._place, self._programs = place, programs
        self._options = {**OPTIONS, "shared_buffers": shared_buffers(), **(options or {})}
        self.version = programs.version
        self.data = place.home / "postgres"
        self.log = place.home / "postgres.log"
        self.socket = place.sockets / f".s.PGSQL.{PORT}"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._place.sockets), safe='/')}&port={PORT}"

    def prepare(self) -> None:
        """The cluster, made when missing; a server left over from a killed hub is ended first."""
        if self.data.exists():
            self._check_version()
            self._end_leftover()
        else:
            self._make_cluster()
        roll(self.log)

    def launch(self) -> subprocess.Popen[bytes]:
        options = {**self._options, "unix_socket_directories": str(self._place.sockets)}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return spawn(
            [self._programs.path("postgres"), "-D", self.data, *settings],
            cwd=self._place.home,
            environ=ENVIRON,
            log=self.log,
            account=self._place.account,
            death_signal=signal.SIGINT,
        )

    def answers(self) -> bool:
        try:
            asked = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
            if not wire.postgres(self.socket, asked, user=USER, database="postgres"):
                wire.postgres(self.socket, f"CREATE DATABASE {DATABASE}", user=USER, database="postgres")
        except wire.NotReady:
            return False
        return True

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError as error:
            raise Problem(
                f"{self.data} is not a PostgreSQL directory (no PG_VERSION): restore a backup."
            ) from error
        if found != str(self._programs.major):
            raise Problem(
                f"{self.data} was made by PostgreSQL {found}, this is {self._programs.version}: back up with the "
                f"version of the hub that made it (`hub backup FILE`), move {self.data} away, then `hub restore FILE`."
            )

    def _make_cluster(self) -> None:
        account = self._place.account
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        done = subprocess.run(  # noqa: S603  our own program
            [
                str(self._programs.path("initdb")),
                f"--pgdata={fresh}",
                f"--username={USER}",
                "--auth=trust",  # the sockets lie in a directory that only this account can enter
                "--encoding=UTF8",
                "--no-instructions",
                *self._locale(),
            ],
            cwd=self._place.home,
            env=ENVIRON,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise Problem(f"PostgreSQL could not make its directory {fresh}: {' '.join(reason)}")
        fresh.rename(self.data)

    def _locale(self) -> list[str]:
        """LC_CTYPE decides whether pg_trgm sees letters beyond ASCII; C would leave it blind to Cyrillic and Khmer."""
        if self._programs.major < 17:
            return ["--locale=C", "--lc-ctype=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8"]

    def _end_leftover(self) -> None:
        """We hold the directory's lock, so a server in it is an orphan; its file may also name a stranger's number."""
        pid_file = self.data / "postmaster.pid"
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            family = living_in(self.data)
            if not family:
                break
            _signal(_postmaster(pid_file, family), sign)
            if wait_until(lambda: not living_in(self.data), LEAVE if sign != signal.SIGKILL else 5.0):
                break
        if os.path.isdir("/proc/self") or ((pid := _number(pid_file)) and not is_alive(pid)):
            pid_file.unlink(missing_ok=True)


def _postmaster(pid_file: Path, family: list[int]) -> list[int]:
    """Whom to signal: the postmaster when it lives, else all that it left behind."""
    pid = _number(pid_file)
    return [pid] if pid in family else family


def _number(pid_file: Path) -> int:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _signal(pids: list[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue
        except PermissionError as error:
            raise Problem(
                f"A server of another user (process {pid}) uses this database: stop it first."
            ) from error
