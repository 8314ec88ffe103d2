"""Brings a backup back: one transaction, so that a restore that fails leaves what was there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import LiteralString
from zipfile import ZipFile

import asyncpg

from crm_core.users import service as users
from hub import own_connectors
from hub.archive import Manifest, chunks, reading, secret_of
from hub.database import Connection
from hub.migrate import load, migrate
from hub.problem import Problem
from inbox.channels import service as channels

RUNNING: LiteralString = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'omnihub hub%'"""
IN_USE: LiteralString = "SELECT to_regclass('crm_user') IS NOT NULL"
OURS: LiteralString = """
    SELECT 'TABLE' AS kind, format('%I', relname) AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname ~ '^(crm|inbox|hub)_'
     UNION ALL
    SELECT 'FUNCTION', p.oid::regprocedure::text FROM pg_proc p
     WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND proname ~ '^(crm|inbox|hub)_'"""
TABLES: LiteralString = """
    SELECT relname::text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND relname <> 'hub_migration'"""
FOREIGN_KEYS: LiteralString = """
    SELECT conrelid::regclass::text AS "table", format('%I', conname) AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
SET_SEQUENCE: LiteralString = "SELECT setval(format('public.%I', $1::text)::regclass, $2, $3)"

SILENCE: tuple[LiteralString, ...] = (
    "UPDATE hub_webhook SET is_paused = true",
    "DELETE FROM hub_alarm_letter WHERE sent_at IS NULL",
)
"""What a copy beside its original must not do, as its channels do not: tell other programs, and people of alarms."""

Advance = Callable[[str, int], None]


async def read_backup(
    conn: Connection,
    path: Path,
    *,
    replace: bool,
    keep_secret: Callable[[str], None],
    is_paused: bool = False,
    connectors: Path | None = None,
    advance: Advance | None = None,
) -> Manifest:
    """Put the file's content into this database and bring its schema up to date. Raises Problem.

    `keep_secret` is given the backup's key just before the commit; what it raises undoes everything. `is_paused` brings it
    back silent: nothing is read or sent beside the original. Own connectors go into the folder `connectors`.
    """
    with reading(path) as (archive, manifest):
        _check_known(manifest)
        await _check_free(conn, replace=replace)
        async with conn.transaction():
            await _make_schema(conn, manifest)
            await _fill(conn, archive, manifest, advance)
            await migrate(conn, contract=True)
            if is_paused:
                await channels.pause_all(conn)
                for statement in SILENCE:
                    await conn.execute(statement)
            if connectors is not None:
                own_connectors.read(archive, manifest.connectors, connectors, replace=replace)
            keep_secret(secret_of(archive))
    await conn.execute("ANALYZE")
    return manifest


def _check_known(manifest: Manifest) -> None:
    known = {migration.number: migration.checksum for migration in load()}
    if manifest.schema_version > len(known):
        raise Problem(
            f"The backup has schema version {manifest.schema_version}, this hub knows {len(known)}: update the hub first."
        )
    for applied in manifest.migrations:
        if known.get(applied.number) != applied.checksum:
            raise Problem(
                f"The backup was made by a version of the hub whose migration {applied.number:04} ({applied.name}) "
                f"differs from this one's: restore it with version {manifest.product}."
            )


async def _check_free(conn: Connection, *, replace: bool) -> None:
    if await conn.fetchval(RUNNING):
        raise Problem("The hub is running on this database: stop it, then restore.")
    if not replace and await conn.fetchval(IN_USE) and await users.is_anybody_there(conn):
        raise Problem(
            "This database is in use already: say --replace to throw its content away, or choose an empty one."
        )


async def _make_schema(conn: Connection, manifest: Manifest) -> None:
    """Empty tables as they were when the backup was made; what was there goes with this transaction."""
    for row in await conn.fetch(OURS):
        await conn.execute(f"DROP {row['kind']} IF EXISTS {row['name']} CASCADE")
    await migrate(conn, only={applied.number for applied in manifest.migrations})
    tables = [row["relname"] for row in await conn.fetch(TABLES)]
    unknown = sorted(table.name for table in manifest.tables if table.name not in tables)
    if unknown:
        raise Problem(f"The backup has tables this hub does not know: {', '.join(unknown)}.")
    await conn.execute(f"TRUNCATE {', '.join(tables)}")  # what migrations put in is in the backup too


async def _fill(conn: Connection, archive: ZipFile, manifest: Manifest, advance: Advance | None) -> None:
    """Without references and triggers while it lasts, so that order does not matter; every reference is checked after."""
    keys = await conn.fetch(FOREIGN_KEYS)
    for key in keys:
        await conn.execute(f"ALTER TABLE {key['table']} DROP CONSTRAINT {key['name']}")
    for table in manifest.tables:
        await conn.execute(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
        with archive.open(table.member) as member:
            told = await conn.copy_to_table(
                table.name, source=chunks(member), columns=table.columns, format="text"
            )
        if int(told.split()[-1]) != table.rows:
            raise Problem(
                f"{table.name} got {told.split()[-1]} rows instead of {table.rows}: nothing was changed."
            )
        await conn.execute(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
        if advance is not None:
            advance(table.name, len(manifest.tables))
    for key in keys:
        await _add_key(conn, key)
    for sequence in manifest.sequences:
        await conn.execute(SET_SEQUENCE, sequence.name, sequence.last_value, sequence.is_called)


async def _add_key(conn: Connection, key: asyncpg.Record) -> None:
    try:
        await conn.execute(f"ALTER TABLE {key['table']} ADD CONSTRAINT {key['name']} {key['definition']}")
    except asyncpg.ForeignKeyViolationError as error:
        raise Problem(
            f"The backup contradicts itself ({error.detail or error}): nothing was changed."
        ) from error
