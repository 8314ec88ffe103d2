"""Questions about this machine and this checkout."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
from importlib import metadata

from hub.assets import ROOT, missing_assets
from hub.doctor.finding import Finding, by_trying, note, ok, wrong
from hub.engines.lock import DirectoryInUse, locked
from hub.ports import require_free
from hub.problem import Problem
from hub.secret_key import FILE_NAME
from hub.settings import Settings

OLDEST_PYTHON = (3, 11)
GIGABYTE = 2**30
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*\\?$", re.MULTILINE)
"""A pinned package without a condition on the platform."""


def python(settings: Settings) -> Finding:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return wrong(
            "python", version, "Install Python 3.11 or newer and make the environment again: make clean run"
        )
    return ok("python", version)


def packages(settings: Settings) -> Finding:
    """What is installed against the lock file of the checkout."""
    lock = ROOT / "requirements" / "run.lock"
    if not lock.is_file():
        return ok("packages", "installed without a lock file")
    pins = PIN.findall(lock.read_text(encoding="utf-8"))
    off = [
        f"{name} {_installed(name)} instead of {pinned}"
        for name, pinned in pins
        if _installed(name) != pinned
    ]
    if off:
        shown = ", ".join(off[:3]) + (f" and {len(off) - 3} more" if len(off) > 3 else "")
        return wrong("packages", shown, "Install the locked versions: rm -f .venv/.run && make run")
    return ok("packages", f"{len(pins)} as locked")


def data_directory(settings: Settings) -> Finding:
    path = settings.data_dir
    if not path.is_dir():
        return note("data directory", f"{path} does not exist yet", "It is made at the first start.")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        owner = path.stat().st_uid
        return wrong(
            "data directory",
            f"{path} cannot be written",
            f"Run the hub as user {owner}, or set HUB_DATA_DIR.",
        )
    return ok("data directory", str(path))


def disk(settings: Settings) -> Finding:
    home = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    engines = settings.data_dir / "engines"
    free = shutil.disk_usage(engines if engines.exists() else home).free / GIGABYTE
    found = f"{free:.1f} GB free"
    if free < 0.5:
        return wrong("disk", found, "Make room, or move HUB_DATA_DIR to a larger disk.")
    return note("disk", found, "It will be full before long.") if free < 5 else ok("disk", found)


def secret_key(settings: Settings) -> Finding:
    path = settings.data_dir / FILE_NAME
    if os.environ.get("HUB_SECRET_KEY"):
        return ok("secret key", "from HUB_SECRET_KEY")
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    if mode & 0o077:
        return wrong("secret key", f"{path} can be read by others ({mode:o})", f"chmod 600 {path}")
    if settings.database_url:
        remedy = "Give every machine that shares the database the same HUB_SECRET_KEY."
        return note("secret key", f"kept in {path}, on this machine alone", remedy)
    return ok("secret key", f"kept in {path}; it is part of every backup")


def ports(settings: Settings) -> Finding:
    if is_running(settings):
        return ok("ports", f"{settings.port} is held by the hub that runs")
    return by_trying("ports", lambda: _free(settings))


def assets(settings: Settings) -> Finding:
    missing = missing_assets()
    if missing:
        return wrong("assets", f"{', '.join(missing)} not there", "Run: make assets")
    return ok("assets", "all there")


def user(settings: Settings) -> Finding:
    if os.geteuid() == 0:
        remedy = "An ordinary user is safer; the engines run as an unprivileged account already."
        return note("user", "the hub runs as root", remedy)
    return ok("user", f"user {os.geteuid()}")


def is_running(settings: Settings) -> bool:
    """Whether a hub holds this data directory."""
    if not settings.data_dir.is_dir():
        return False
    try:
        with locked(settings.data_dir):
            return False
    except DirectoryInUse:
        return True
    except Problem:
        return False


def _free(settings: Settings) -> str:
    require_free(settings.host, settings.port, variable="HUB_PORT")
    if not settings.smtp_port:
        return f"{settings.port} is free, the SMTP door is off"
    require_free(settings.host, settings.smtp_port, variable="HUB_SMTP_PORT")
    return f"{settings.port} and {settings.smtp_port} are free"


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "nothing"
