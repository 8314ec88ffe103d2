"""Migrations: once each, in order, all or nothing, whoever else tries at the same moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from hub.database import Connection, connect
from hub.migrate import DIRECTORY, check_letters, check_version, latest_version, load, migrate, schema_version
from hub.problem import Problem


def write(directory: Path, **files: str) -> Path:
    for name, sql in files.items():
        kind = "contract" if "_drop_" in name else "expand"
        (directory / f"{name.removeprefix('m')}.{kind}.sql").write_text(sql, encoding="utf-8")
    return directory


async def test_the_product_migrates_an_empty_database_once(empty: Connection) -> None:
    assert await schema_version(empty) == 0
    said: list[str] = []
    done = await migrate(empty, say=said.append)
    assert [migration.number for migration in done] == list(range(1, latest_version() + 1))
    assert len(said) == len(done)
    assert await migrate(empty) == []
    assert await schema_version(empty) == latest_version()
    await check_letters(empty)


async def test_several_processes_at_once_apply_each_migration_once(empty_db_url: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        m0001_one="CREATE TABLE one (n int); SELECT pg_sleep(0.1);",
        m0002_two="CREATE TABLE two (n int);",
    )

    async def attempt() -> int:
        conn = await connect(empty_db_url, application="test")
        try:
            return len(await migrate(conn, directory=tmp_path))
        finally:
            await conn.close()

    assert sorted(await asyncio.gather(*(attempt() for _ in range(6)))) == [0, 0, 0, 0, 0, 2]


async def test_a_failing_migration_leaves_nothing_and_names_its_line(
    empty: Connection, tmp_path: Path
) -> None:
    write(
        tmp_path,
        m0001_one="CREATE TABLE one ();",
        m0002_two="CREATE TABLE two ();\n\nCREATE TABLE oops (n strange);",
    )
    with pytest.raises(Problem, match=r"Migration 0002 failed, line 3: .*strange"):
        await migrate(empty, directory=tmp_path)
    assert await schema_version(empty) == 1
    assert await empty.fetchval("SELECT to_regclass('two') IS NULL")
    write(tmp_path, m0002_two="CREATE TABLE two ();")
    assert [migration.number for migration in await migrate(empty, directory=tmp_path)] == [2]


async def test_a_changed_migration_is_refused(empty: Connection, tmp_path: Path) -> None:
    write(tmp_path, m0001_one="CREATE TABLE one ();")
    await migrate(empty, directory=tmp_path)
    write(tmp_path, m0001_one="CREATE TABLE one (n int);", m0002_two="CREATE TABLE two ();")
    with pytest.raises(Problem, match=r"Migration 0001 .* was changed"):
        await migrate(empty, directory=tmp_path)
    assert await schema_version(empty) == 1


async def test_without_a_transaction_each_statement_stands_alone(empty: Connection, tmp_path: Path) -> None:
    sql = (
        "-- no-transaction\n-- CREATE INDEX CONCURRENTLY refuses a transaction;\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON one (n);\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS b ON one (t)\n  WHERE t <> ';';\n"
    )
    write(tmp_path, m0001_one="CREATE TABLE one (n int, t text);", m0002_indexes=sql)
    await migrate(empty, directory=tmp_path)
    assert await empty.fetchval("SELECT count(*) FROM pg_indexes WHERE tablename = 'one'") == 2


async def test_stopping_at_a_version_and_going_on(empty: Connection, tmp_path: Path) -> None:
    write(tmp_path, m0001_one="CREATE TABLE one ();", m0002_two="CREATE TABLE two ();")
    assert len(await migrate(empty, directory=tmp_path, only=[1])) == 1
    assert len(await migrate(empty, directory=tmp_path)) == 1


async def test_a_newer_database_is_left_alone(empty: Connection, tmp_path: Path) -> None:
    write(tmp_path, m0001_one="CREATE TABLE one ();", m0002_two="CREATE TABLE two ();")
    await migrate(empty, directory=tmp_path)
    (tmp_path / "0002_two.expand.sql").unlink()
    assert await migrate(empty, directory=tmp_path) == []
    assert await schema_version(empty) == 2


async def test_no_process_begins_on_a_database_that_is_older_than_it(empty: Connection) -> None:
    needed = max(migration.number for migration in load() if not migration.is_contract)
    for upto in (0, needed - 1):
        await migrate(empty, only=range(1, upto + 1))
        with pytest.raises(Problem, match="hub migrate"):
            await check_version(empty)
    await migrate(empty)
    await check_version(empty)
    await empty.execute(
        "INSERT INTO hub_migration (number, name, checksum) VALUES ($1, 'later', 'x')", latest_version() + 1
    )
    await check_version(empty)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("0001_a.expand.sql", "0003_b.expand.sql"), "not numbered"),
        (("0001_a.expand.sql", "0001_b.contract.sql"), "not numbered"),
        (("0001_a.expand.sql", "two.expand.sql"), "two.expand.sql does not say .* name it like"),
        (("0001_a.expand.sql", "0002_b.sql"), "0002_b.sql does not say when it may run: name it like"),
        (("0001_a.expand.sql", "0002_b.shrink.sql"), "does not say when it may run"),
    ],
)
def test_a_gap_a_repeat_a_wrong_name_or_none_of_the_two_kinds_is_refused(
    tmp_path: Path, names: tuple[str, ...], says: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(Problem, match=says):
        load(tmp_path)


async def test_a_database_that_is_blind_to_letters_is_refused(empty: Connection, empty_db_url: str) -> None:
    await empty.execute(
        "CREATE DATABASE blind TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    blind = await connect(
        empty_db_url.replace(empty_db_url.split("@/")[1].split("?")[0], "blind"), application="test"
    )
    try:
        await blind.execute("CREATE EXTENSION pg_trgm")
        with pytest.raises(Problem, match="LC_CTYPE"):
            await check_letters(blind)
    finally:
        await blind.close()
        await empty.execute("DROP DATABASE blind")


async def test_the_schema_needs_nothing_newer_than_postgresql_15() -> None:
    newer = ("uuidv7", "NULLS DISTINCT", "json_table", "VIRTUAL", "MERGE INTO", "any_value(")
    for migration in load(DIRECTORY):
        assert not [word for word in newer if word.lower() in migration.sql.lower()], migration.name


async def test_json_travels_as_values(pool: asyncpg.Pool) -> None:
    value = {"имя": ["ស្រី", 1, None, 1.5, {"deep": True}]}
    async with pool.acquire() as conn:
        assert await conn.fetchval("SELECT $1::jsonb", value) == value
        assert await conn.fetchval("SELECT $1::text::jsonb", '{"a": 1}') == {"a": 1}
