"""Connectors of the installation's own (HUB_CONNECTORS_DIR) in a backup, and back from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from hub.problem import Problem

PREFIX = "connectors/"
LEFT_OUT = frozenset(("__pycache__", "node_modules"))
LARGEST = 20 * 1024 * 1024
MOST = 200 * 1024 * 1024


def write(archive: ZipFile, folder: Path | None) -> dict[str, str]:
    """Put every file of the folder into the archive; returns their sha256 by name."""
    found: dict[str, str] = {}
    size = 0
    for path in sorted(_files(folder)) if folder else ():
        content = path.read_bytes()
        size += len(content)
        if len(content) > LARGEST or size > MOST:
            raise Problem(f"{path} makes the backup too large: keep only connectors in HUB_CONNECTORS_DIR.")
        name = path.relative_to(folder or path).as_posix()
        archive.writestr(PREFIX + name, content)
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def read(archive: ZipFile, wanted: dict[str, str], folder: Path, *, replace: bool) -> list[Path]:
    """Bring them back; returns the files that were written. One that is there and differs stays, unless it is to be replaced."""
    written: list[Path] = []
    for name in wanted:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name:
            raise Problem(f"The backup names a file outside its folder ({name}): take another copy of it.")
        path = folder.joinpath(*pure.parts)
        content = archive.read(PREFIX + name)
        if path.exists() and (path.read_bytes() == content or not replace):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        is_ours = not any(part in LEFT_OUT or part.startswith(".") for part in parts)
        if is_ours and path.is_file() and not path.is_symlink():
            yield path
