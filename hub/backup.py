"""Writes a backup from one snapshot, while everything runs.

Not pg_dump: the wheel's has no TLS for a database elsewhere, and it refuses a server newer than itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString
from zipfile import ZipFile

import msgspec

from hub import __version__, own_connectors
from hub.archive import FORMAT, MANIFEST, SECRET, Applied, Digest, Manifest, Sequence, Table, writing
from hub.database import Connection
from hub.migrate import APPLIED, EXISTS
from hub.problem import Problem

TABLES: LiteralString = """
    SELECT c.relname AS name, c.relkind = 'p' AS is_parted,
           array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> 'hub_migration'
     GROUP BY c.relname, c.relkind ORDER BY c.relname"""
SEQUENCES: LiteralString = """
    SELECT sequencename::text AS name, coalesce(last_value, start_value) AS last_value, last_value IS NOT NULL AS is_called
      FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"""

"""A table in parts is one: which parts there are depends on the day, and another database has others."""

Advance = Callable[[str, int], None]
"""Is told a table's name and how many there are."""


async def write_backup(
    conn: Connection,
    path: Path,
    *,
    secret_key: str,
    overwrite: bool = False,
    connectors: Path | None = None,
    advance: Advance | None = None,
) -> Manifest:
    """Write everything into `path`; it appears when it is whole. Raises Problem."""
    if not await conn.fetchval(EXISTS):
        raise Problem(
            "There is nothing to back up: this database has no schema. Start the hub once, or check HUB_DATABASE_URL."
        )
    with writing(path, overwrite=overwrite) as archive:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            manifest = await _copy_all(conn, archive, secret_key, advance)
        manifest = msgspec.structs.replace(manifest, connectors=own_connectors.write(archive, connectors))
        archive.writestr(SECRET, secret_key)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


async def _copy_all(conn: Connection, archive: ZipFile, secret_key: str, advance: Advance | None) -> Manifest:
    found = await conn.fetch(TABLES)  # the first statement fixes the snapshot
    names = ", ".join(f'"{row["name"]}"' for row in found)
    await conn.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")  # no migration in between
    tables: list[Table] = []
    for row in found:
        tables.append(await _copy(conn, archive, row["name"], row["columns"], is_parted=row["is_parted"]))
        if advance is not None:
            advance(row["name"], len(found))
    applied = [Applied(**dict(row)) for row in await conn.fetch(APPLIED)]
    sequences = [Sequence(**dict(row)) for row in await conn.fetch(SEQUENCES)]  # last: they only ever rise
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        product=__version__,
        server=conn.get_settings().server_version,
        migrations=applied,
        tables=tables,
        sequences=sequences,
        secret_sha256=hashlib.sha256(secret_key.encode()).hexdigest(),
    )


async def _copy(
    conn: Connection, archive: ZipFile, name: str, columns: list[str], *, is_parted: bool
) -> Table:
    """As text, which every version of the server reads, unlike the binary form with its numbers of types."""
    with archive.open(f"tables/{name}.copy", "w", force_zip64=True) as member:
        digest = Digest(member)
        if is_parted:
            chosen = ", ".join(f'"{column}"' for column in columns)
            query = f'SELECT {chosen} FROM "{name}"'
            told = await conn.copy_from_query(query, output=digest.write, format="text")
        else:
            told = await conn.copy_from_table(name, output=digest.write, columns=columns, format="text")
    return Table(name=name, columns=columns, rows=int(told.split()[-1]), sha256=digest.sha256)
