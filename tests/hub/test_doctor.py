"""The doctor finds what is wrong and says how to fix it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.database import connect
from hub.doctor import machine, servers
from hub.doctor.finding import Finding
from hub.engines import wire
from hub.secret_key import kept_secret
from hub.settings import Settings


@pytest.fixture
def home() -> Generator[Path]:
    path = Path(tempfile.mkdtemp(prefix="omnihub-doctor-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def settings(home: Path, db_url: str, redis_url: str) -> Settings:
    return Settings(data_dir=home, database_url=db_url, redis_url=redis_url, secret_key=kept_secret(home))


def doctor(home: Path, **environ: str) -> tuple[int, dict[str, Finding]]:
    done = subprocess.run(
        [sys.executable, "-m", "hub", "doctor", "--json"],
        env={**os.environ, "HUB_DATA_DIR": str(home), "HUB_PORT": "1", "HUB_SMTP_PORT": "0", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] == (done.returncode == 0)
    return done.returncode, {row["name"]: Finding(**row) for row in told["findings"]}


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def test_a_healthy_installation_has_nothing_wrong(home: Path) -> None:
    environ = {"HUB_PORT": free_port()}
    migrated = subprocess.run(
        [sys.executable, "-m", "hub", "migrate"], env={**os.environ, "HUB_DATA_DIR": str(home)}, check=False
    )
    assert migrated.returncode == 0
    code, found = doctor(home, **environ)
    assert [finding for finding in found.values() if finding.state == "wrong"] == []
    assert code == 0
    assert {"database", "letters", "schema", "redis", "redis memory", "clock", "credentials"} <= set(found)


def test_what_does_not_answer_is_named(home: Path) -> None:
    dead = f"127.0.0.1:{free_port()}"
    code, found = doctor(
        home, HUB_DATABASE_URL=f"postgresql://u:hunter2@{dead}/d", HUB_REDIS_URL=f"redis://{dead}"
    )
    assert code == 1
    assert found["database"].state == found["redis"].state == "wrong"
    assert "HUB_DATABASE_URL" in found["database"].remedy
    assert "HUB_REDIS_URL" in found["redis"].remedy
    assert "hunter2" not in str(found)


def test_a_wrong_setting_is_a_finding(home: Path) -> None:
    code, found = doctor(home, HUB_LANGUAGE="latin")
    assert code == 1
    assert "HUB_LANGUAGE" in found["settings"].found
    assert "en, km, ru" in found["settings"].remedy


def test_engines_that_cannot_start_are_a_finding(home: Path) -> None:
    (home / "engines").symlink_to(home / "gone")
    code, found = doctor(home)
    assert code == 1
    assert "which is gone" in found["engines"].found


async def test_the_database_is_looked_at(settings: Settings) -> None:
    found = {finding.name: finding for finding in await servers.database(settings)}
    assert found.pop("durability").state == "wrong"  # the tests' server trades it for speed
    assert {finding.state for finding in found.values()} == {"ok"}


async def test_a_schema_that_is_behind_or_changed_is_wrong(settings: Settings) -> None:
    conn = await connect(settings.database_url, application="test")
    try:
        await conn.execute("UPDATE hub_migration SET checksum = 'x' WHERE number = 1")
        changed = {finding.name: finding for finding in await servers.database(settings)}["schema"]
        await conn.execute("DROP TABLE hub_migration")
        behind = {finding.name: finding for finding in await servers.database(settings)}["schema"]
    finally:
        await conn.close()
    assert (changed.state, behind.state) == ("wrong", "wrong")
    assert "was changed" in changed.found
    assert behind.remedy == "Run: hub migrate"


async def test_the_wrong_key_is_noticed(settings: Settings) -> None:
    conn = await connect(settings.database_url, application="test")
    try:
        await conn.execute(
            "INSERT INTO inbox_channel (slug, name, connector, settings) VALUES ('m', 'M', 'email', $1)",
            {"password": {"$secret": "v1.c29tZXRoaW5nIHNlYWxlZCB3aXRoIGFub3RoZXIga2V5"}},
        )
        found = {finding.name: finding for finding in await servers.database(settings)}["credentials"]
    finally:
        await conn.close()
    assert found.state == "wrong"
    assert "secret.key" in found.remedy


def test_a_redis_that_evicts_is_wrong(settings: Settings) -> None:
    path = Path(settings.redis_url.removeprefix("unix://").partition("?")[0])
    wire.valkey(path, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    try:
        found = {finding.name: finding for finding in servers.redis_server(settings)}
    finally:
        wire.valkey(path, "CONFIG", "SET", "maxmemory-policy", "noeviction")
    assert found["redis memory"].state == "wrong"
    assert "noeviction" in found["redis memory"].remedy


def test_a_key_that_others_can_read_is_wrong(settings: Settings) -> None:
    (settings.data_dir / "secret.key").chmod(0o644)
    found = machine.secret_key(replace(settings, database_url=""))
    assert (found.state, found.remedy) == ("wrong", f"chmod 600 {settings.data_dir / 'secret.key'}")


def test_a_taken_port_is_wrong(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        found = machine.ports(replace(settings, port=door.getsockname()[1]))
    assert found.state == "wrong"
    assert "HUB_PORT=" in found.remedy


def test_packages_that_are_not_as_locked_are_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.packages(settings).state == "ok"
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text(
        "click==0.1 \\\n    --hash=sha256:00\nno-such-thing==1 ; python_version < '3'\nno-such-other==2\n"
    )
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    found = machine.packages(settings)
    assert found.state == "wrong"
    assert "instead of 0.1" in found.found
    assert "no-such-other nothing instead of 2" in found.found
    assert "no-such-thing" not in found.found
