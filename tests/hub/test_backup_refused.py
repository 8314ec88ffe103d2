"""Backups and restores that are refused before they do harm."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from hub.backup import write_backup
from hub.database import Connection, connect
from hub.migrate import migrate, schema_version
from hub.problem import Problem
from hub.restore import read_backup
from tests.hub.stock import KEY, checksums, fill


async def test_a_database_in_use_is_replaced_only_on_demand(
    source: Connection, empty: Connection, tmp_path: Path
) -> None:
    await fill(source)
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await migrate(empty)
    await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    await empty.execute("UPDATE crm_user SET name = 'changed'")
    with pytest.raises(Problem, match="--replace"):
        await read_backup(empty, tmp_path / "b.zip", replace=False, keep_secret=lambda secret: None)
    assert await empty.fetchval("SELECT name FROM crm_user") == "changed"
    await read_backup(empty, tmp_path / "b.zip", replace=True, keep_secret=lambda secret: None)
    assert await checksums(empty) == await checksums(source)


async def test_a_restore_that_fails_leaves_what_was_there(
    source: Connection, empty: Connection, tmp_path: Path
) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    await migrate(empty)
    await fill(empty)
    before = await checksums(empty)

    def refuse(secret: str) -> None:
        raise Problem("no room for the key")

    with pytest.raises(Problem, match="no room"):
        await read_backup(empty, tmp_path / "b.zip", replace=True, keep_secret=refuse)
    assert await checksums(empty) == before


async def test_a_running_hub_is_not_restored_under_its_feet(
    source: Connection, empty: Connection, empty_db_url: str, tmp_path: Path
) -> None:
    await write_backup(source, tmp_path / "b.zip", secret_key=KEY)
    running = await connect(empty_db_url, application="hub serve")
    try:
        with pytest.raises(Problem, match="stop it"):
            await read_backup(empty, tmp_path / "b.zip", replace=True, keep_secret=lambda secret: None)
    finally:
        await running.close()


async def test_an_existing_file_and_an_empty_database_are_refused(
    source: Connection, empty: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "b.zip"
    file.write_text("precious")
    with pytest.raises(Problem, match="--overwrite"):
        await write_backup(source, file, secret_key=KEY)
    assert file.read_text() == "precious"
    await write_backup(source, file, secret_key=KEY, overwrite=True)
    with pytest.raises(Problem, match="nothing to back up"):
        await write_backup(empty, tmp_path / "c.zip", secret_key=KEY)
    with pytest.raises(Problem, match="no directory"):
        await write_backup(source, tmp_path / "none" / "c.zip", secret_key=KEY)
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.parametrize("damage", ["cut", "member", "text", "newer", "changed"])
async def test_a_damaged_or_foreign_file_is_refused_before_anything_happens(
    source: Connection, empty: Connection, tmp_path: Path, damage: str
) -> None:
    await fill(source)
    file = tmp_path / "b.zip"
    await write_backup(source, file, secret_key=KEY)
    says = spoil(file, damage)
    with pytest.raises(Problem, match=says):
        await read_backup(empty, file, replace=False, keep_secret=lambda secret: None)
    assert await schema_version(empty) == 0


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
