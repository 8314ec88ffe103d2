"""Backup and restore: one moment of everything, whole."""

from __future__ import annotations

import asyncio
import stat
import zipfile
from pathlib import Path

import asyncpg
import pytest

from hub.archive import reading
from hub.backup import write_backup
from hub.database import Connection, Pool
from hub.migrate import latest_version, migrate, schema_version
from hub.problem import Problem
from hub.restore import read_backup
from tests.hub.stock import ATTACHMENT, KEY, NAUGHTY, WRITE, checksums, fill

ORPHANS = """
    SELECT count(*) FROM crm_company c FULL JOIN hub_audit a ON a.target = c.id::text
     WHERE c.id IS NULL OR a.id IS NULL"""


async def test_everything_comes_back_elsewhere(source: Connection, empty: Connection, tmp_path: Path) -> None:
    await fill(source)
    file = tmp_path / "b.zip"
    written = await write_backup(source, file, secret_key=KEY)
    secrets: list[str] = []
    read = await read_backup(empty, file, replace=False, keep_secret=secrets.append)
    assert written == read
    assert secrets == [KEY]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await checksums(empty) == await checksums(source)
    assert await schema_version(empty) == latest_version()
    assert await empty.fetchval("SELECT content FROM inbox_blob") == ATTACHMENT


async def test_what_came_back_lives_on(source: Connection, empty: Connection, tmp_path: Path) -> None:
    await fill(source)
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    await empty.execute(WRITE, "next", "", {})
    assert await empty.fetchval("SELECT max(id) FROM crm_company") == 21
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await empty.execute("DELETE FROM hub_audit")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await empty.execute("UPDATE crm_contact SET company_id = 999 WHERE id = 1")
    constraints = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    )
    assert await empty.fetch(constraints) == await source.fetch(constraints)
    assert await migrate(empty) == []


async def test_history_of_other_months_comes_back(
    source: Connection, empty: Connection, tmp_path: Path
) -> None:
    """Parts of a table are made as time goes on; a database that is made later has none for the months before."""
    await fill(source)
    await source.execute(
        """CREATE TABLE crm_history_202001 PARTITION OF crm_history FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')"""
    )
    rows = [("contact", 1, "name", day) for day in ("2020-01-07Z", "2020-05-09Z", "2026-12-01Z")]
    await source.executemany(
        "INSERT INTO crm_history (object, record, field, until) VALUES ($1, $2, $3, $4::text::timestamptz)",
        rows,
    )
    history = "SELECT * FROM crm_history ORDER BY id"
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    assert await empty.fetch(history) == await source.fetch(history)
    assert len(await empty.fetch(history)) >= len(rows)


async def test_a_backup_is_one_moment_while_writers_run(
    source: Connection, pool: Pool, empty: Connection, tmp_path: Path
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
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    companies = await empty.fetchval("SELECT count(*) FROM crm_company")
    assert before <= companies <= after
    assert before < after, "nobody wrote during the backup: the test shows nothing"
    assert await empty.fetchval(ORPHANS) == 0
    rows = "SELECT c::text FROM crm_company c"
    assert set(await empty.fetch(rows)) <= set(await source.fetch(rows))
    assert {table.name: table.rows for table in manifest.tables}["crm_company"] == companies


async def test_the_manifest_accounts_for_every_table(source: Connection, tmp_path: Path) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    with reading(tmp_path / "b.zip") as (archive, manifest):
        assert {table.name for table in manifest.tables} == set(await checksums(source))
        assert len(archive.namelist()) == len(manifest.tables) + 2


async def test_own_connectors_come_along(source: Connection, empty: Connection, tmp_path: Path) -> None:
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
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda _: None, connectors=back)
    assert (back / "acme" / "connector.yaml").read_text() == "id: acme # changed since\n"
    assert (back / "acme" / "fixtures" / "one.json").read_bytes() == b"\x00\xff"
    await read_backup(empty, tmp_path / "b.zip", replace=True, keep_secret=lambda _: None, connectors=back)
    assert (back / "acme" / "connector.yaml").read_text() == "id: acme\n"


@pytest.mark.parametrize("name", ["../evil.yaml", "/etc/evil.yaml", "a/../../evil.yaml"])
async def test_a_backup_writes_nothing_outside_its_folder(
    source: Connection, empty: Connection, tmp_path: Path, name: str
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
            empty, tmp_path / "c.zip", replace=False, keep_secret=lambda _: None, connectors=tmp_path / "in"
        )
    assert not list(tmp_path.rglob("evil.yaml"))


async def test_a_copy_comes_back_silent(source: Connection, empty: Connection, tmp_path: Path) -> None:
    await source.execute(
        "INSERT INTO inbox_channel (slug, name, connector, state) VALUES ('m', 'M', 'email', 'connected')"
    )
    await source.execute(
        "INSERT INTO hub_webhook (url, secret, facts) VALUES ('https://a.test', 'x', ARRAY['*'])"
    )
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda _: None, is_paused=True)
    assert await empty.fetchval("SELECT bool_and(is_paused) FROM inbox_channel")
    assert await empty.fetchval("SELECT state FROM inbox_channel WHERE slug = 'm'") == "paused"
    assert await empty.fetchval("SELECT bool_and(is_paused) FROM hub_webhook")
    assert not await source.fetchval("SELECT bool_or(is_paused) FROM inbox_channel")
