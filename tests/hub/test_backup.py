"""Backup and restore: one moment of everything, whole or refused."""

from __future__ import annotations

import asyncio
import os
import stat
import zipfile
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from hub.archive import reading
from hub.backup import write_backup
from hub.database import Connection, Pool, connect
from hub.migrate import latest_version, migrate, schema_version
from hub.problem import Problem
from hub.restore import read_backup

KEY = "k" * 64
ATTACHMENT = bytes(range(256)) * 4096
NAUGHTY = "Иван\tស្រី\\N \\. \n 'quoted' \x01 🚲"

WRITE = """
    WITH c AS (INSERT INTO crm_company (name, note) VALUES ($1, $2) RETURNING id)
    INSERT INTO hub_audit (action, target, data) SELECT 'test.written', id::text, $3 FROM c"""
ORPHANS = """
    SELECT count(*) FROM crm_company c FULL JOIN hub_audit a ON a.target = c.id::text
     WHERE c.id IS NULL OR a.id IS NULL"""


@pytest_asyncio.fixture
async def source(db_url: str) -> AsyncGenerator[Connection]:
    conn = await connect(db_url, application="test")
    yield conn
    await conn.close()


@pytest_asyncio.fixture
async def target(empty_db_url: str) -> AsyncGenerator[Connection]:
    conn = await connect(empty_db_url, application="test")
    yield conn
    await conn.close()


async def fill(conn: Connection) -> None:
    name = NAUGHTY.replace("\x01", "")
    await conn.execute("INSERT INTO crm_user (email, name, role) VALUES ('a@b.c', $1, 'admin')", name)
    await conn.execute(
        "INSERT INTO inbox_blob (sha256, size, content) VALUES (sha256($1), length($1), $1)", ATTACHMENT
    )
    await conn.execute(
        "WITH i AS (SELECT nextval(pg_get_serial_sequence('crm_contact', 'id')) AS id FROM generate_series(1, 50)) "
        "INSERT INTO crm_contact (id, root_id, name, fields, tags) OVERRIDING SYSTEM VALUE "
        "SELECT id, id, $1, $2, ARRAY['a,b', '{}', 'NULL'] FROM i",
        NAUGHTY,
        {"deep": [NAUGHTY, None, 1.5]},
    )
    await conn.execute("UPDATE crm_contact SET merged_into = 3, root_id = 3 WHERE id = 2")
    for n in range(20):
        await conn.execute(WRITE, f"firm {n}", NAUGHTY, {"n": n})


async def checksums(conn: Connection) -> dict[str, str | None]:
    names = [
        row["table_name"]
        for row in await conn.fetch(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_name <> 'hub_migration'"
        )
    ]
    return {
        name: await conn.fetchval(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t")
        for name in names
    }


async def test_everything_comes_back_elsewhere(
    source: Connection, target: Connection, tmp_path: Path
) -> None:
    await fill(source)
    file = tmp_path / "b.zip"
    written = await write_backup(source, file, secret_key=KEY)
    secrets: list[str] = []
    read = await read_backup(target, file, replace=False, keep_secret=secrets.append)
    assert written == read
    assert secrets == [KEY]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await checksums(target) == await checksums(source)
    assert await schema_version(target) == latest_version()
    assert await target.fetchval("SELECT content FROM inbox_blob") == ATTACHMENT


async def test_what_came_back_lives_on(source: Connection, target: Connection, tmp_path: Path) -> None:
    await fill(source)
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    await target.execute(WRITE, "next", "", {})
    assert await target.fetchval("SELECT max(id) FROM crm_company") == 21
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await target.execute("DELETE FROM hub_audit")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await target.execute("UPDATE crm_contact SET company_id = 999 WHERE id = 1")
    constraints = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    )
    assert await target.fetch(constraints) == await source.fetch(constraints)
    assert await migrate(target) == []


async def test_a_backup_is_one_moment_while_writers_run(
    source: Connection, pool: Pool, target: Connection, tmp_path: Path
) -> None:
    await fill(source)
    done = asyncio.Event()

    async def write(number: int) -> int:
        count = 0
        while not done.is_set():
            await pool.execute(WRITE, f"writer {number} {count}", NAUGHTY, {"n": count})
            count += 1
        return count

    writers = [asyncio.create_task(write(number)) for number in range(4)]
    filled = await source.fetchval("SELECT count(*) FROM crm_company")
    while (before := await source.fetchval("SELECT count(*) FROM crm_company")) == filled:
        await asyncio.sleep(0.01)
    manifest = await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    after = await source.fetchval("SELECT count(*) FROM crm_company")
    done.set()
    assert sum(await asyncio.gather(*writers)) > 0
    await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    companies = await target.fetchval("SELECT count(*) FROM crm_company")
    assert before <= companies <= after
    assert before < after, "nobody wrote during the backup: the test shows nothing"
    assert await target.fetchval(ORPHANS) == 0
    rows = "SELECT c::text FROM crm_company c"
    assert set(await target.fetch(rows)) <= set(await source.fetch(rows))
    assert {table.name: table.rows for table in manifest.tables}["crm_company"] == companies


async def test_a_database_in_use_is_replaced_only_on_demand(
    source: Connection, target: Connection, tmp_path: Path
) -> None:
    await fill(source)
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await migrate(target)
    await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    await target.execute("UPDATE crm_user SET name = 'changed'")
    with pytest.raises(Problem, match="--replace"):
        await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    assert await target.fetchval("SELECT name FROM crm_user") == "changed"
    await read_backup(target, tmp_path / "b.zip", replace=True, keep_secret=lambda secret: None)
    assert await checksums(target) == await checksums(source)


async def test_a_restore_that_fails_leaves_what_was_there(
    source: Connection, target: Connection, tmp_path: Path
) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await migrate(target)
    await fill(target)
    before = await checksums(target)

    def refuse(secret: str) -> None:
        raise Problem("no room for the key")

    with pytest.raises(Problem, match="no room"):
        await read_backup(target, tmp_path / "b.zip", replace=True, keep_secret=refuse)
    assert await checksums(target) == before


async def test_a_running_hub_is_not_restored_under_its_feet(
    source: Connection, target: Connection, empty_db_url: str, tmp_path: Path
) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    running = await connect(empty_db_url, application="hub serve")
    try:
        with pytest.raises(Problem, match="stop it"):
            await read_backup(target, tmp_path / "b.zip", replace=True, keep_secret=lambda secret: None)
    finally:
        await running.close()


async def test_an_existing_file_and_an_empty_database_are_refused(
    source: Connection, target: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "b.zip"
    file.write_text("precious")
    with pytest.raises(Problem, match="--overwrite"):
        await write_backup(source, file, secret_key=KEY)
    assert file.read_text() == "precious"
    await write_backup(source, file, secret_key=KEY, overwrite=True)
    with pytest.raises(Problem, match="nothing to back up"):
        await write_backup(target, tmp_path / "c.zip", secret_key=KEY)
    with pytest.raises(Problem, match="no directory"):
        await write_backup(source, tmp_path / "none" / "c.zip", secret_key=KEY)
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.parametrize("damage", ["cut", "member", "text", "newer", "changed"])
async def test_a_damaged_or_foreign_file_is_refused_before_anything_happens(
    source: Connection, target: Connection, tmp_path: Path, damage: str
) -> None:
    await fill(source)
    file = tmp_path / "b.zip"
    await write_backup(source, file, secret_key=KEY)
    says = spoil(file, damage)
    with pytest.raises(Problem, match=says):
        await read_backup(target, file, replace=False, keep_secret=lambda secret: None)
    assert await schema_version(target) == 0


def spoil(file: Path, damage: str) -> str:
    """Damage the file; what the refusal has to say."""
    if damage == "cut":
        os.truncate(file, file.stat().st_size // 2)
        return "not a whole backup"
    if damage == "text":
        file.write_text("-- PostgreSQL database dump")
        return "not a whole backup"
    changes = {
        "member": ("tables/crm_company.copy", lambda data: data.replace(b"firm 1", b"firm X"), "is damaged"),
        "newer": (
            "manifest.json",
            lambda data: data.replace(b'"number": 1', b'"number": 99'),
            "update the hub",
        ),
        "changed": (
            "manifest.json",
            lambda data: data.replace(b'"checksum": "', b'"checksum": "0'),
            "differs",
        ),
    }
    name, change, says = changes[damage]
    with zipfile.ZipFile(file) as archive:
        content = {member: archive.read(member) for member in archive.namelist()}
    assert change(content[name]) != content[name]
    content[name] = change(content[name])
    with zipfile.ZipFile(file, "w") as archive:
        for member, data in content.items():
            archive.writestr(member, data)
    return says


async def test_the_manifest_accounts_for_every_table(source: Connection, tmp_path: Path) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    with reading(tmp_path / "b.zip") as (archive, manifest):
        assert {table.name for table in manifest.tables} == set(await checksums(source))
        assert len(archive.namelist()) == len(manifest.tables) + 2


async def test_own_connectors_come_along(source: Connection, target: Connection, tmp_path: Path) -> None:
    own, back = tmp_path / "own", tmp_path / "back"
    (own / "acme" / "fixtures").mkdir(parents=True)
    (own / "acme" / "connector.yaml").write_text("id: acme\n")
    (own / "acme" / "fixtures" / "one.json").write_bytes(b"\x00\xff")
    for junk in ("acme/__pycache__/x.pyc", ".git/config"):
        (own / junk).parent.mkdir(parents=True, exist_ok=True)
        (own / junk).write_text("junk")
    (own / "acme" / "secret").symlink_to("/etc/hostname")
    manifest = await write_backup(source, tmp_path / "b.zip", secret_key=KEY, connectors=own)
    assert sorted(manifest.connectors) == ["acme/connector.yaml", "acme/fixtures/one.json"]
    (back / "acme").mkdir(parents=True)
    (back / "acme" / "connector.yaml").write_text("id: acme # changed since\n")
    await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda _: None, connectors=back)
    assert (back / "acme" / "connector.yaml").read_text() == "id: acme # changed since\n"
    assert (back / "acme" / "fixtures" / "one.json").read_bytes() == b"\x00\xff"
    await read_backup(target, tmp_path / "b.zip", replace=True, keep_secret=lambda _: None, connectors=back)
    assert (back / "acme" / "connector.yaml").read_text() == "id: acme\n"


@pytest.mark.parametrize("name", ["../evil.yaml", "/etc/evil.yaml", "a/../../evil.yaml"])
async def test_a_backup_writes_nothing_outside_its_folder(
    source: Connection, target: Connection, tmp_path: Path, name: str
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yaml").write_text("id: a\n")
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY, connectors=tmp_path / "own")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        content = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        for member, data in content.items():
            archive.writestr(member.replace("a.yaml", name), data.replace(b"a.yaml", name.encode()))
    (tmp_path / "in").mkdir()
    with pytest.raises(Problem, match="outside its folder"):
        await read_backup(
            target, tmp_path / "c.zip", replace=False, keep_secret=lambda _: None, connectors=tmp_path / "in"
        )
    assert not list(tmp_path.rglob("evil.yaml"))


async def test_a_copy_comes_back_silent(source: Connection, target: Connection, tmp_path: Path) -> None:
    await source.execute(
        "INSERT INTO inbox_channel (slug, name, connector, state) VALUES ('m', 'M', 'email', 'connected')"
    )
    await source.execute(
        "INSERT INTO hub_webhook (url, secret, facts) VALUES ('https://a.test', 'x', ARRAY['*'])"
    )
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await read_backup(target, tmp_path / "b.zip", replace=False, keep_secret=lambda _: None, is_paused=True)
    assert await target.fetchval("SELECT bool_and(is_paused) FROM inbox_channel")
    assert await target.fetchval("SELECT state FROM inbox_channel WHERE slug = 'm'") == "paused"
    assert await target.fetchval("SELECT bool_and(is_paused) FROM hub_webhook")
    assert not await source.fetchval("SELECT bool_or(is_paused) FROM inbox_channel")
