"""Which account the engines run as: ours, or an unprivileged one when the hub runs as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.problem import Problem

CANDIDATES = ("omnihub", "postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of this machine that root may become, without any of root's groups."""

    uid: int
    gid: int
    name: str

    def can(self, test: str, path: Path) -> bool:
        """Whether the account passes the shell's `test` (-x, -r, -w) on `path`, access lists and all."""
        script = f'test {test} "$1"'
        done = subprocess.run(  # noqa: S603  constant script
            ["/bin/sh", "-c", script, "sh", str(path)],
            cwd="/",
            check=False,
            capture_output=True,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return done.returncode == 0


def engine_account(existing: Path) -> Account | None:
    """None: run as ourselves. As root: the owner of an `existing` database, else an account meant for it."""
    if os.geteuid() != 0:
        return None
    if existing.is_dir() and (owner := existing.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid, name=_name(owner.st_uid))
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=name)
    raise Problem(
        "PostgreSQL does not run as root and this machine has no account named "
        f"{', '.join(CANDIDATES)}: run the hub as an ordinary user, or set HUB_DATABASE_URL and HUB_REDIS_URL."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
