"""The file of a backup: a zip with one COPY text a table, the secret key, and a manifest that accounts for them."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from hub import own_connectors
from hub.problem import Problem

FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret.key"  # noqa: S105  a file's name
CHUNK = 2**20


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table as it was copied: text format, in the order of `columns`."""

    name: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}.copy"


class Sequence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sequence stood."""

    name: str
    last_value: int
    is_called: bool


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A migration the database had."""

    number: int
    name: str
    checksum: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file."""

    format: int
    made_at: str
    product: str
    server: str
    migrations: list[Applied]
    tables: list[Table]
    sequences: list[Sequence]
    secret_sha256: str
    connectors: dict[str, str] = {}
    """Files of the installation's own connectors, with their sha256."""

    @property
    def schema_version(self) -> int:
        return max((applied.number for applied in self.migrations), default=0)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


class Digest:
    """Hashes what it passes on to `target`."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._hash = target, hashlib.sha256()

    async def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._target.write(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def writing(path: Path, *, overwrite: bool) -> Generator[zipfile.ZipFile]:
    """A fresh archive, readable by its owner alone; it gets its name when it is whole and on the disk."""
    if path.exists() and not overwrite:
        raise Problem(f"{path} exists: choose another name, or say --overwrite.")
    if not path.parent.is_dir():
        raise Problem(
            f"There is no directory {path.parent}: make it, or choose another place for the backup."
        )
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Generator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive whose every byte has been checked. Raises Problem."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _verify(archive, manifest, path)
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise Problem(f"{path} is not a whole backup ({error}): take another copy of it.") from error


async def chunks(file: IO[bytes]) -> AsyncGenerator[bytes]:
    """The content of a member, piece by piece."""
    while chunk := file.read(CHUNK):
        yield chunk


def secret_of(archive: zipfile.ZipFile) -> str:
    """The key that seals the stored credentials in this backup."""
    return archive.read(SECRET).decode().strip()


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except msgspec.DecodeError as error:
        raise Problem(f"{path} has a manifest this version cannot read ({error}): update the hub.") from error
    if manifest.format != FORMAT:
        raise Problem(f"{path} has format {manifest.format}, this version reads {FORMAT}: update the hub.")
    return manifest


def _verify(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    wanted = {table.member: table.sha256 for table in manifest.tables} | {SECRET: manifest.secret_sha256}
    wanted |= {own_connectors.PREFIX + name: sha256 for name, sha256 in manifest.connectors.items()}
    for member, sha256 in wanted.items():
        if _sha256(archive.open(member)) != sha256:
            raise Problem(f"{path} is damaged: {member} is not what was written. Take another copy of it.")


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
