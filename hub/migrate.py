"""Brings the schema up to this version: numbered SQL files, forward only, one transaction and one checksum each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import asyncpg

from crm_core.sql import Conn
from hub.problem import Problem

DIRECTORY = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
NO_TRANSACTION = "-- no-transaction"
LOCK = 0x6F6D6E69687562  # "omnihub"

CREATE_TABLE: LiteralString = """
    CREATE TABLE IF NOT EXISTS hub_migration (
        number     integer PRIMARY KEY,
        name       text NOT NULL,
        checksum   text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )"""
APPLIED: LiteralString = "SELECT number, name, checksum FROM hub_migration ORDER BY number"
RECORD: LiteralString = "INSERT INTO hub_migration (number, name, checksum) VALUES ($1, $2, $3)"
EXISTS: LiteralString = "SELECT to_regclass('hub_migration') IS NOT NULL"
VERSION: LiteralString = "SELECT coalesce(max(number), 0) FROM hub_migration"
SEES_LETTERS: LiteralString = "SELECT similarity('Иванов', 'Иваноф') > 0 AND similarity('កម្ពុជា', 'កម្ពុជ') > 0"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def is_transactional(self) -> bool:
        return NO_TRANSACTION not in self.sql.split("\n", 1)[0]

    def statements(self) -> list[str]:
        """What runs at once: the whole file, or without a transaction each statement that ends a line."""
        if self.is_transactional:
            return [self.sql]
        return [part for part in re.split(r"(?<=;)[ \t]*\n", self.sql) if _has_code(part)]


def load(directory: Path = DIRECTORY) -> list[Migration]:
    """The files in order. Raises Problem when a number is missing or doubled."""
    found: list[Migration] = []
    for path in sorted(directory.glob("*.sql")):
        parts = FILE_NAME.fullmatch(path.name)
        if parts is None:
            raise Problem(f"{path.name} is no migration: name it like 0004_what_it_does.sql.")
        found.append(Migration(number=int(parts[1]), name=parts[2], sql=path.read_text(encoding="utf-8")))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise Problem(
            f"The migrations in {directory.name} are not numbered 1, 2, 3, ... without gap or repeat."
        )
    return found


def latest_version(directory: Path = DIRECTORY) -> int:
    """The schema version this code was written for."""
    return len(load(directory))


async def schema_version(conn: Conn) -> int:
    """The version of this database; 0 when it is empty."""
    return await conn.fetchval(VERSION) if await conn.fetchval(EXISTS) else 0


async def migrate(
    conn: Conn, *, directory: Path = DIRECTORY, upto: int | None = None, say: Say | None = None
) -> list[Migration]:
    """Apply what is missing and give it back; several processes may try at once. Raises Problem."""
    wanted = [migration for migration in load(directory) if upto is None or migration.number <= upto]
    await conn.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        await conn.execute(CREATE_TABLE)
        pending = _pending(wanted, await conn.fetch(APPLIED))
        for migration in pending:
            if say is not None:
                say(f"Migrating the database: {migration.number:04} {migration.name.replace('_', ' ')}")
            await _apply(conn, migration)
        return pending
    finally:
        if not conn.is_closed():
            await conn.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def missing(conn: Conn) -> list[Migration]:
    """What this database lacks. Raises Problem when a file was changed after it had been applied."""
    return _pending(load(), await conn.fetch(APPLIED) if await conn.fetchval(EXISTS) else [])


async def check_version(conn: Conn) -> None:
    """Refuse a database that is older than this code; a newer one serves it too. Raises Problem."""
    found = await schema_version(conn)
    if found < latest_version():
        raise Problem(
            f"The database is at version {found}, older than this program ({latest_version()}): run `hub migrate` first."
        )


async def check_letters(conn: Conn) -> None:
    """Refuse a database whose LC_CTYPE leaves trigram search blind to all but ASCII. Raises Problem."""
    if not await conn.fetchval(SEES_LETTERS):
        raise Problem(
            "Search in this database would not find Cyrillic or Khmer, because its LC_CTYPE is C: create it "
            "again with CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'."
        )


def _pending(wanted: Sequence[Migration], applied: Sequence[asyncpg.Record]) -> list[Migration]:
    done = {row["number"]: row for row in applied}
    for migration in wanted:
        row = done.get(migration.number)
        if row is not None and row["checksum"] != migration.checksum:
            raise Problem(
                f"Migration {migration.number:04} ({row['name']}) was changed after this database had applied it: "
                "put the file back as it was, and write the change as a new migration."
            )
    return [migration for migration in wanted if migration.number not in done]


async def _apply(conn: Conn, migration: Migration) -> None:
    record = (migration.number, migration.name, migration.checksum)
    try:
        if migration.is_transactional:
            async with conn.transaction():
                await conn.execute(migration.sql)
                await conn.execute(RECORD, *record)
        elif conn.is_in_transaction():  # a restore: the tables are empty and nobody else sees them
            async with conn.transaction():
                await conn.execute(re.sub(r"\bCONCURRENTLY\b", "", migration.sql, flags=re.IGNORECASE))
                await conn.execute(RECORD, *record)
        else:
            for statement in migration.statements():
                await conn.execute(statement)
            await conn.execute(RECORD, *record)
    except asyncpg.PostgresError as error:
        raise Problem(_what_failed(migration, error)) from error


def _what_failed(migration: Migration, error: asyncpg.PostgresError) -> str:
    position = str(getattr(error, "position", None) or "")
    line = migration.sql.encode()[: int(position)].count(b"\n") + 1 if position.isdigit() else 0
    place = f", line {line}" if line else ""
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return (
            f"Migration {migration.number:04} needs more rights ({error}): let the database's owner run it."
        )
    return f"Migration {migration.number:04} failed{place}: {error}"


def _has_code(part: str) -> bool:
    return any(line.strip() and not line.strip().startswith("--") for line in part.splitlines())
