"""Expand and contract: what an older version uses stays until none of its processes is left, or somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import hub
from hub.database import Connection, connect
from hub.doctor import servers
from hub.doctor.finding import Finding
from hub.migrate import DIRECTORY, check_version, latest_version, load, migrate, named
from hub.problem import Problem
from tests.world import close_world, open_world, settings_for, until

EXPAND, CONTRACT, LATER = "0001_one.expand.sql", "0002_drop_old.contract.sql", "0003_more.expand.sql"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / EXPAND).write_text("CREATE TABLE one (old int, new int);")
    (tmp_path / CONTRACT).write_text("ALTER TABLE one DROP COLUMN old;")
    (tmp_path / LATER).write_text("ALTER TABLE one ADD COLUMN more int;")
    return tmp_path


@asynccontextmanager
async def serving(url: str, *, schema: int | None) -> AsyncGenerator[None]:
    """A process of the hub that knows the migrations up to `schema`; None is one from before they said so."""
    name = "hub serve" if schema is None else f"hub serve, schema {schema}"
    conn = await connect(url, application=name)
    try:
        yield
    finally:
        await conn.close()


async def columns(conn: Connection) -> list[str]:
    rows = await conn.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'one'")
    return sorted(row["column_name"] for row in rows)


async def gone(conn: Connection) -> None:
    async def nobody() -> bool:
        found = "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'omnihub hub%' AND datname = current_database())"  # noqa: E501
        return await conn.fetchval(found)

    await until(nobody)


@pytest.mark.parametrize("schema", [None, 0, 1])
async def test_a_contract_waits_for_the_last_process_of_an_older_version(
    empty: Connection, empty_db_url: str, files: Path, schema: int | None
) -> None:
    async with serving(empty_db_url, schema=schema), serving(empty_db_url, schema=3):
        assert [one.number for one in await migrate(empty, directory=files)] == [1, 3]
        assert await columns(empty) == ["more", "new", "old"]
        assert await migrate(empty, directory=files) == []
        await check_version(empty, directory=files)
    await gone(empty)
    assert [one.number for one in await migrate(empty, directory=files)] == [2]
    assert await columns(empty) == ["more", "new"]
    await check_version(empty, directory=files)


async def test_processes_that_know_the_contract_do_not_hold_it_up(
    empty: Connection, empty_db_url: str, files: Path
) -> None:
    async with serving(empty_db_url, schema=2), serving(empty_db_url, schema=7):
        assert len(await migrate(empty, directory=files)) == 3


async def test_who_says_so_does_not_wait(empty: Connection, empty_db_url: str, files: Path) -> None:
    async with serving(empty_db_url, schema=1):
        await migrate(empty, directory=files)
        assert [one.number for one in await migrate(empty, directory=files, contract=True)] == [2]


async def test_a_program_that_was_left_behind_does_not_begin(empty: Connection, files: Path) -> None:
    await migrate(empty, directory=files)
    for name in (LATER, CONTRACT):
        (files / name).unlink()
    with pytest.raises(Problem, match=r"left this program behind \(migration 0002"):
        await check_version(empty, directory=files)


async def test_a_running_process_says_which_version_it_is_of(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    try:
        names = {
            row["name"] for row in await world.fetch("SELECT current_setting('application_name') AS name")
        }
        assert names == {f"omnihub {named('test')}"}
        assert names.pop().endswith(f"schema {latest_version()}")
    finally:
        await close_world(world)


async def test_the_command_and_the_doctor_name_what_is_left(
    db_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "migrations").mkdir()
    for path in DIRECTORY.glob("*.sql"):
        (tmp_path / "migrations" / path.name).write_bytes(path.read_bytes())
    number = latest_version() + 1
    (tmp_path / "migrations" / f"{number:04}_no_files.contract.sql").write_text("DROP TABLE hub_job_file;")
    monkeypatch.setattr("hub.migrate.DIRECTORY", tmp_path / "migrations")
    settings = settings_for(db_url, redis_url, data_dir=tmp_path)
    environ = {
        "HUB_DATABASE_URL": db_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_SECRET_KEY": settings.secret_key,
        "HUB_DATA_DIR": str(tmp_path),
    }

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, hub, ("migrate", *words), env=environ)
        assert done.exit_code == 0, done.output
        return done.output

    async def schema() -> Finding:
        return next(one for one in await servers.database(settings) if one.name == "schema")

    async with serving(db_url, schema=number - 1):
        assert f"older version still run: {number:04} no files" in await run()
        assert ((await schema()).state, (await schema()).remedy[-11:]) == ("note", "hub migrate")
        assert "Migrating" in await run("--contract")
    assert (await schema()).state == "ok"
    assert await run() == ""


async def test_what_the_product_adds_does_not_need_that_anything_was_taken_away(empty: Connection) -> None:
    expands = [one.number for one in load(DIRECTORY) if not one.is_contract]
    await migrate(empty, only=expands)
    await check_version(empty)
    await migrate(empty)
