"""What every test may ask for: real engines, a database of its own, a connection, and the daemons of the machine."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import pytest_asyncio

from hub.database import Pool, connect, create_pool
from hub.engines import wire
from hub.engines.data_directory import make_place, reachable
from hub.engines.engine import start
from hub.engines.locate import find_postgres, find_valkey, valkey_name
from hub.engines.postgres import Postgres
from hub.engines.process import stop
from hub.engines.valkey import Valkey
from hub.migrate import migrate

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

pytest_plugins = ["tests.failures", "tests.durations"]

# How long one example takes says something about the machine, nothing about the product.
hypothesis.settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("house")

TEMPLATE = "hub_template"
QUICK = {  # a test's data need not survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
}
MEMORY, ROOM = Path("/dev/shm"), 2 << 30
_numbers = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int | None:
    """Half as many again as there are cores: tests wait for browsers, mail servers and processes for half their time."""
    given = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return None if given else math.ceil(len(os.sched_getaffinity(0)) * 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The engines of this test process."""

    postgres: Postgres
    valkey: Valkey

    def ask(self, statement: str) -> list[str]:
        """Run a statement in the maintenance database."""
        return wire.postgres(self.postgres.socket, statement, user="omnihub", database="postgres")

    def url_of(self, database: str) -> str:
        return self.postgres.url.replace("@/omnihub?", f"@/{database}?")


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    """One PostgreSQL and one Valkey for this test process (one each per xdist worker), migrated once."""
    home = Path(tempfile.mkdtemp(prefix="omnihub-test-", dir=_quick_place()))
    home.chmod(0o711)  # as root the engines run as another account
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        place = make_place(home, print)
        postgres_programs = reachable(find_postgres(), program="postgres", account=place.account, say=print)
        valkey_programs = find_valkey()
        valkey_programs = reachable(
            valkey_programs, program=valkey_name(valkey_programs), account=place.account, say=print
        )
        running = Servers(
            postgres=Postgres(place, postgres_programs, QUICK), valkey=Valkey(place, valkey_programs)
        )
        for engine in (running.postgres, running.valkey):
            stack.callback(stop, start(engine, print), engine.stop_steps)
        _make_template(running)
        yield running


@pytest.fixture
def db_url(servers: Servers) -> Generator[str]:
    """A migrated database of this test's own."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    servers.ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY=FILE_COPY")
    yield servers.url_of(name)
    servers.ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_db_url(servers: Servers) -> Generator[str]:
    """A database without a schema."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    servers.ask(f"CREATE DATABASE {name} STRATEGY=FILE_COPY")
    yield servers.url_of(name)
    servers.ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def pool(db_url: str) -> AsyncGenerator[Pool]:
    """A pool on the test's database, as the product makes it."""
    made = await create_pool(db_url, application="test", min_size=1, max_size=16)
    yield made
    try:
        await asyncio.wait_for(made.close(), 30.0)
    except TimeoutError:
        made.terminate()
        raise AssertionError("the test left a connection of the pool in use") from None


@pytest_asyncio.fixture
async def conn(pool: Pool) -> AsyncGenerator[PoolConnectionProxy]:
    """A connection of the pool; nothing is rolled back, the database is the test's own."""
    async with pool.acquire() as acquired:
        yield acquired


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """An empty Valkey."""
    assert wire.valkey(servers.valkey.socket, "FLUSHALL") == "+OK"
    return servers.valkey.url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; the one without a window and its toolbars costs a quarter of the other's work."""
    shells = ("chromium-headless-shell", "chrome-headless-shell")
    return _needed(
        *shells, "chromium", "chromium-browser", "google-chrome", package="chromium-headless-shell"
    )


@pytest.fixture(scope="session")
def dovecot_path() -> str:
    """Where Dovecot is."""
    return _needed("dovecot", "/usr/sbin/dovecot", package="dovecot-imapd")


def _needed(*names: str, package: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    sentence = f"{names[0]} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def _quick_place() -> str:
    """Memory where there is room: a database per test is twelve megabytes in seven hundred files, written and forgotten."""
    is_roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if is_roomy else "/tmp"


def _make_template(running: Servers) -> None:
    running.ask(f"CREATE DATABASE {TEMPLATE}")

    async def fill() -> None:
        conn = await connect(running.url_of(TEMPLATE), application="test")
        try:
            await migrate(conn)
        finally:
            await conn.close()

    asyncio.run(fill())
