"""Where the engines keep their files and sockets, reachable for the account they run as."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hub.engines.account import Account, engine_account
from hub.engines.locate import Programs
from hub.problem import Problem

STATE_HOME = Path("/var/lib/omnihub")
LONGEST_SOCKET = 100  # the kernel takes 107 bytes, macOS 103
SOCKET_NAME = ".s.PGSQL.5432.lock"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDirectory:
    """The engines' directory, the directory of their sockets, and the account that owns both."""

    home: Path
    sockets: Path
    account: Account | None

    def directory(self, name: str) -> Path:
        """A directory of the engine's own, made when it is missing."""
        path = self.home / name
        make_owned(path, self.account)
        return path


def find_data_directory(data_dir: Path) -> DataDirectory | None:
    """The place as an earlier start left it; None when there was none."""
    link = data_dir / "engines"
    if not link.exists():
        return None
    home = link.resolve()
    return DataDirectory(home=home, sockets=_sockets(home), account=engine_account(home))


def make_place(data_dir: Path, say: Say) -> DataDirectory:
    """The place of this data directory, made when needed; as root it may have to lie under /var/lib."""
    link = data_dir / "engines"
    if link.is_symlink() and not link.exists():
        raise Problem(
            f"{link} points to {link.readlink()}, which is gone: put it back, or remove the link to start empty."
        )
    account = engine_account(link)
    home = link.resolve() if link.exists() else _new_home(link, account, say)
    _check_access(home, account)
    sockets = _sockets(home)
    make_owned(sockets, account)
    return DataDirectory(home=home, sockets=sockets, account=account)


def make_owned(path: Path, account: Account | None) -> None:
    """A directory that only the engines' account (and root) can enter; refuses one that is somebody else's."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    wanted = account.uid if account else os.geteuid()
    if found.st_uid == 0 and account is not None:
        os.chown(path, account.uid, account.gid)
    elif found.st_uid != wanted:
        raise Problem(
            f"{path} belongs to another user ({found.st_uid}): run the hub as that user, or remove it."
        )
    path.chmod(0o700)


def reachable(programs: Programs, *, program: str, account: Account | None, say: Say) -> Programs:
    """The programs as the account can run them: a copy under /var/lib when they lie in a private directory."""
    if account is None or account.can("-x", programs.path(program)):
        return programs
    if not programs.bundle:
        raise Problem(
            f"The account {account.name} cannot run {programs.path(program)}: open it, or set the engine's URL."
        )
    home = STATE_HOME / "programs" / f"{program}-{programs.version}-{_digest(programs.path(program))}"
    if not home.is_dir():
        say(
            f"Copying {program} {programs.version} to {home}: the account {account.name} cannot reach the installed one."
        )
        _copy(programs, home)
    return replace(programs, directory=home / programs.directory.relative_to(programs.root))


def _new_home(link: Path, account: Account | None, say: Say) -> Path:
    if account is None or account.can("-x", link.parent):
        make_owned(link, account)
        return link.resolve()
    _make_public(STATE_HOME)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", str(link.parent)).strip("-")[-40:]
    home = Path(tempfile.mkdtemp(prefix=f"{slug}-", dir=STATE_HOME))
    make_owned(home, account)
    link.symlink_to(home)
    say(f"Keeping the databases in {home}: the account {account.name} cannot enter {link.parent}.")
    return home


def _check_access(home: Path, account: Account | None) -> None:
    if account is None:
        if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
            raise Problem(f"{home} belongs to another user: run the hub as that user, or set HUB_DATA_DIR.")
    elif not account.can("-w", home):
        raise Problem(
            f"The account {account.name}, which runs the engines for root, cannot reach {home}: "
            "move the data to where it can (every directory above needs x for others), or set HUB_DATA_DIR."
        )


def _sockets(home: Path) -> Path:
    inside = home / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"omnihub-{digest}"  # noqa: S108  make_owned refuses a directory that is not ours


def _make_public(path: Path) -> None:
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(0o755)
    except OSError as error:
        raise Problem(
            f"{path} cannot be made ({error.strerror}): set HUB_DATA_DIR to a directory that others can enter."
        ) from error


def _copy(programs: Programs, home: Path) -> None:
    _make_public(STATE_HOME)
    _make_public(home.parent)
    fresh = Path(tempfile.mkdtemp(dir=home.parent))
    for tree in programs.bundle:
        target = fresh / tree.relative_to(programs.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if tree.is_dir():
            shutil.copytree(tree, target, ignore=shutil.ignore_patterns("include"), symlinks=True)
        else:
            shutil.copy2(tree, target)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    fresh.rename(home)


def _digest(program: Path) -> str:
    return hashlib.sha256(program.read_bytes()).hexdigest()[:12]
