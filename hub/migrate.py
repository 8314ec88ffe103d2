"""Brings the schema up to this version: numbered SQL files, forward only, one transaction and one checksum each.

An `.expand.sql` adds what the version before does not mind, and runs while that still serves. A `.contract.sql` takes away what
only versions before it use, and runs once none of their processes is left, or when somebody says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import asyncpg

from crm_core.sql import Conn
from hub.problem import Problem

DIRECTORY = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.(expand|contract)\.sql")
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
LEFT_BEHIND: LiteralString = """
    SELECT number FROM hub_migration WHERE number > $1 AND name LIKE '%.contract' ORDER BY number LIMIT 1"""
OLDER: LiteralString = r"""
    SELECT coalesce(min(coalesce(substring(application_name FROM 'schema (\d+)')::int, 0)), $1) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'omnihub hub%'"""
SEES_LETTERS: LiteralString = "SELECT similarity('Иванов', 'Иваноф') > 0 AND similarity('កម្ពុជា', 'កម្ពុជ') > 0"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str
    is_contract: bool = False

    @property
    def title(self) -> str:
        return f"{self.number:04} {self.name.replace('_', ' ')}"

    @property
    def recorded(self) -> str:
        """Its name in the database, where versions that never knew the file read what kind it was."""
        return f"{self.name}.contract" if self.is_contract else self.name

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


def load(directory: Path | None = None) -> list[Migration]:
    """The files in order. Raises Problem when a number is missing or doubled."""
    directory = directory or DIRECTORY
    found: list[Migration] = []
    for path in sorted(directory.glob("*.sql")):
        parts = FILE_NAME.fullmatch(path.name)
        if parts is None:
            raise Problem(
                f"{path.name} does not say when it may run: name it like 0004_what_it_does.expand.sql, which runs while the "
                "version before goes on serving, or .contract.sql, which waits until none of its processes is left."
            )
        sql = path.read_text(encoding="utf-8")
        found.append(
            Migration(number=int(parts[1]), name=parts[2], sql=sql, is_contract=parts[3] == "contract")
        )
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise Problem(
            f"The migrations in {directory.name} are not numbered 1, 2, 3, ... without gap or repeat."
        )
    return found


def named(process: str) -> str:
    """What a process that goes on running calls itself in the database, so that others see which version it is of."""
    return f"{process}, schema {latest_version()}"


def latest_version(directory: Path | None = None) -> int:
    """The schema version this code was written for."""
    return len(load(directory))


async def schema_version(conn: Conn) -> int:
    """The version of this database; 0 when it is empty."""
    return await conn.fetchval(VERSION) if await conn.fetchval(EXISTS) else 0


async def migrate(
    conn: Conn,
    *,
    directory: Path | None = None,
    only: Collection[int] | None = None,
    contract: bool = False,
    say: Say | None = None,
) -> list[Migration]:
    """Apply what is missing and give it back; several processes may try at once. Raises Problem.

    Contracts that a running process of an older version forbids are left for the next time, unless `contract` is true;
    `only` names the numbers to apply, whoever runs.
    """
    wanted = [migration for migration in load(directory) if only is None or migration.number in only]
    await conn.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        await conn.execute(CREATE_TABLE)
        pending = _pending(wanted, await conn.fetch(APPLIED))
        if only is None and not contract:
            pending = await _allowed(conn, pending)
        for migration in pending:
            if say is not None:
                say(f"Migrating the database: {migration.title}")
            await _apply(conn, migration)
        return pending
    finally:
        if not conn.is_closed():
            await conn.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def missing(conn: Conn, *, directory: Path | None = None) -> list[Migration]:
    """What this database lacks. Raises Problem when a file was changed after it had been applied."""
    return _pending(load(directory), await conn.fetch(APPLIED) if await conn.fetchval(EXISTS) else [])


async def check_version(conn: Conn, *, directory: Path | None = None) -> None:
    """Refuse a database that lacks what this code needs, or of which a newer version took it away. Raises Problem.

    A newer one that only added to it serves this code too, and so does one whose contracts wait.
    """
    if any(not migration.is_contract for migration in await missing(conn, directory=directory)):
        found, wanted = await schema_version(conn), len(load(directory))
        raise Problem(
            f"The database is at version {found}, older than this program ({wanted}): run `hub migrate` first."
        )
    if (number := await conn.fetchval(LEFT_BEHIND, len(load(directory)))) is not None:
        raise Problem(
            f"The database has left this program behind (migration {number:04} took away what it uses): update the program."
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


async def _allowed(conn: Conn, pending: Sequence[Migration]) -> list[Migration]:
    """Without the contracts whose older side still runs: a process knows of those that came up to its own version."""
    if not any(migration.is_contract for migration in pending):
        return list(pending)
    oldest: int = await conn.fetchval(OLDER, pending[-1].number)
    return [migration for migration in pending if not migration.is_contract or migration.number <= oldest]


async def _apply(conn: Conn, migration: Migration) -> None:
    record = (migration.number, migration.recorded, migration.checksum)
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
