"""Databases to look at, to fill, to back up: one with the schema, one without anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from hub.database import Connection, connect


@pytest.fixture
async def source(db_url: str) -> AsyncGenerator[Connection]:
    conn = await connect(db_url, application="test")
    yield conn
    await conn.close()


@pytest.fixture
async def empty(empty_db_url: str) -> AsyncGenerator[Connection]:
    conn = await connect(empty_db_url, application="test")
    yield conn
    await conn.close()
