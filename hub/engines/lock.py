"""One hub per data directory: a lock the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hub.engines.process import wait_until
from hub.problem import Problem
from hub.secret_key import make_private

FILE_NAME = "hub.lock"


class DirectoryInUse(Problem):
    """Another process runs the engines of this data directory."""


@contextmanager
def locked(data_dir: Path, *, patience: float = 0.0) -> Generator[None]:
    """Hold the data directory. Raises DirectoryInUse when another process still does after `patience` seconds."""
    make_private(data_dir)
    path = data_dir / FILE_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise Problem(
            f"{path} cannot be written: run the hub as the owner of {data_dir}, or set HUB_DATA_DIR."
        ) from error
    try:
        if not wait_until(lambda: _take(handle), patience):
            raise DirectoryInUse(
                f"A hub already runs on {data_dir} (process {_holder(handle)}): stop it, or set HUB_DATA_DIR."
            )
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> str:
    return os.pread(handle, 32, 0).decode(errors="replace") or "unknown"
