"""Connectors change while the hub runs: a changed manifest, a broken one, a new folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.reloading import Watch
from inbox.channels import service as channels
from tests.world import World, close_world, open_world

MANIFEST = """\
id: {id}
title: Own
summary: One of ours.
handle_kind: phone
verify: none
receive:
  cases:
    - message: {{id: body.id, sender: body.from, text: {text}}}
"""


def put(place: Path, id_: str, text: str, *, stamp: int) -> None:
    """Write a manifest; `stamp` is when, so that two of one second are told apart."""
    path = place / id_ / "connector.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (stamp, stamp))


@pytest.fixture
async def world(db_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    put(tmp_path, "own_sms", MANIFEST.format(id="own_sms", text="body.words"), stamp=1)
    opened = await open_world(db_url, redis_url)
    opened.runtime.watch = Watch(tmp_path)
    await opened.runtime.refresh()
    yield opened
    await close_world(opened)


async def add(world: World, slug: str, connector: str) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            world.runtime.registry,
            world.runtime.cipher,
            slug=slug,
            name=slug,
            connector=connector,
            bot=False,
        )
    await world.runtime.refresh()


async def texts(world: World) -> list[str]:
    await world.settled()
    return [row["text"] for row in await world.fetch("SELECT text FROM inbox_message ORDER BY id")]


async def tell(world: World, slug: str, n: int) -> int:
    told: dict[str, Any] = {"id": f"m{n}", "from": "+12025550123", "words": f"old {n}", "said": f"new {n}"}
    async with world.client.post(f"/in/{slug}", json=told) as response:
        return response.status


async def log_of(world: World) -> list[str]:
    rows = await world.fetch("SELECT sentence FROM inbox_channel_log ORDER BY id")
    return [row["sentence"] for row in rows if "manifest" in row["sentence"]]


async def test_a_changed_manifest_is_taken_in_and_a_broken_one_keeps_the_one_before(
    world: World, tmp_path: Path
) -> None:
    await add(world, "own", "own_sms")
    assert await tell(world, "own", 1) == 200
    assert await texts(world) == ["old 1"]
    put(tmp_path, "own_sms", MANIFEST.format(id="own_sms", text="body.said"), stamp=2)
    await world.runtime.refresh()
    await tell(world, "own", 2)
    assert await texts(world) == ["old 1", "new 2"]
    put(tmp_path, "own_sms", "id: own_sms\nreceive: {", stamp=3)
    for _ in range(3):
        await world.runtime.refresh()
    await tell(world, "own", 3)
    assert await texts(world) == ["old 1", "new 2", "new 3"]
    anew, broken = await log_of(world)
    assert anew == "The connector's manifest was read anew."
    assert broken.startswith("The connector's manifest is broken, the one before stays in use: ")
    put(tmp_path, "own_sms", MANIFEST.format(id="own_sms", text="body.words"), stamp=4)
    await world.runtime.refresh()
    await tell(world, "own", 4)
    assert (await texts(world))[-1] == "old 4"
    assert (await log_of(world))[-1] == anew


async def test_a_new_folder_has_a_door_at_once(world: World, tmp_path: Path) -> None:
    put(tmp_path, "other_sms", MANIFEST.format(id="other_sms", text="body.said"), stamp=1)
    await world.runtime.refresh()
    await add(world, "other", "other_sms")
    assert await tell(world, "other", 1) == 200
    assert await texts(world) == ["new 1"]


async def test_a_folder_stands_in_for_no_code_and_under_no_other_name(world: World, tmp_path: Path) -> None:
    before = world.runtime.registry["sink"]
    put(tmp_path, "sink", MANIFEST.format(id="sink", text="body.said"), stamp=1)
    put(tmp_path, "odd", MANIFEST.format(id="even", text="body.said"), stamp=1)
    await world.runtime.refresh()
    assert world.runtime.registry["sink"] is before
    assert {"odd", "even"}.isdisjoint(world.runtime.registry)


async def test_a_directory_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    assert await Watch(tmp_path / "gone").look({}) == []
