"""What the doors refuse is counted where ops look, and kept for a day without secrets."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from click.testing import CliRunner

from hub.cli import hub
from hub.metrics import metrics
from inbox import ledger
from inbox.channels import service
from inbox.intake import refused
from inbox.intake.refused import MOST_KEPT
from tests.bundled import bundled
from tests.site import Site, open_site, texts
from tests.world import World, close_world, open_world, until

SECRET = "the-right-word"
RINGING = {"event": "ringing", "call_id": "c-1", "from": "+85512345678", "direction": "in"}


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, connectors=tuple(bundled().values()))
    async with made.pool.acquire() as conn, conn.transaction():
        for slug, connector, settings in (
            ("phone", "telephony", {"secret": SECRET}),
            ("form", "webform", {"min_seconds": 0}),
        ):
            await service.create(
                conn, made.runtime.registry, made.runtime.cipher,
                slug=slug, name=slug.title(), connector=connector, settings=cast("dict[str, Any]", settings), region="KH",
            )  # fmt: skip
    await made.runtime.refresh()
    yield made
    await close_world(made)


async def knock(world: World, path: str = "/in/phone", **options: Any) -> int:
    async with world.client.post(path, **({"json": RINGING} | options)) as answer:
        return answer.status


async def counts(world: World) -> dict[tuple[str, int], int]:
    await world.runtime.refused.flush()
    async with world.pool.acquire() as conn:
        found = await refused.lately(conn)
        slugs = {row.id: row.slug for row in await service.list_channels(conn)}
    return {(slugs.get(id_, ""), one.status): one.n for id_, each in found.items() for one in each}


async def test_every_no_of_a_door_is_counted_by_channel_and_status(world: World) -> None:
    for secret in ("mistyped", "mistyped", "", f"{SECRET}x"):
        assert await knock(world, headers={"X-Token": secret}) == 401
    assert await knock(world, "/in/nowhere") == 404
    assert (
        await knock(world, data=io.BytesIO(b"x" * 2_000_000), json=None, headers={"X-Token": SECRET}) == 413
    )
    assert await knock(world, headers={"X-Token": SECRET}) == 200
    told = await counts(world)
    assert told == {("phone", 401): 4, ("", 404): 1, ("phone", 413): 1}
    async with world.pool.acquire() as conn:
        rows = {row.slug: row for row in await ledger.balance(conn)}
    assert (rows["phone"].refused, rows["phone"].received) == (5, 1)
    assert rows["(no channel)"].refused == 1
    await world.settled()
    await world.balanced()


async def test_the_newest_are_kept_without_secrets_and_no_more_than_needed(world: World) -> None:
    body = {**RINGING, "note": SECRET}
    for n in range(MOST_KEPT + 5):
        await knock(world, f"/in/phone/x?hook={SECRET}", json=body, headers={"X-Sign": f"{SECRET} {n}"})
        if n % 10 == 0:
            await world.runtime.refused.flush()
    await world.runtime.refused.flush()
    async with world.pool.acquire() as conn:
        channel = await service.get(conn, "phone")
        kept = await refused.requests(conn, channel.id, limit=100)
    assert len(kept) == MOST_KEPT
    assert kept[0].meta["headers"]["x-sign"] == f"*** {MOST_KEPT + 4}"
    assert SECRET not in str([(one.meta, one.body) for one in kept])


async def test_a_flood_is_counted_and_people_who_fill_a_form_in_wrongly_too(world: World) -> None:
    statuses = [await knock(world, "/in/form", json=None, data={"message": ""}) for _ in range(3)]
    assert set(statuses) <= {400, 422}
    told = await counts(world)
    assert sum(n for (slug, _), n in told.items() if slug == "form") == 3


async def test_the_card_tells_it_and_metrics_count_it(world: World) -> None:
    await knock(world, headers={"X-Token": "mistyped"})
    await world.runtime.refused.flush()
    async with open_site(world) as site:
        boss, _ = await world.user("Boss", role="ops")
        client = await site.client(boss)
        for path in ("/channels", "/channels/phone"):
            assert "Refused since" in await shown(client, path), path
        page = await shown(client, "/channels/phone")
        assert "Refused requests" in page
        assert "POST …" in page
        assert "Refused" in await shown(client, "/ledger")
        request = cast("Any", type("Request", (), {"app": {**_app(site)}}))
        text = bytes(cast("bytes", (await metrics(request)).body)).decode()
    assert 'hub_refused{channel="phone",status="401"} 1.0' in text
    assert 'hub_inputs{channel="phone",what="refused"} 1.0' in text


def _app(site: Site) -> dict[Any, Any]:
    return dict(cast("Any", site.server.app))


async def shown(client: aiohttp.ClientSession, path: str) -> str:
    async with client.get(path) as answer:
        assert answer.status == 200
        return texts(await answer.text())


async def test_a_refused_request_becomes_a_fixture_to_describe_a_signature_by(
    world: World, tmp_path: Path
) -> None:
    await knock(world, headers={"X-Token": "mistyped", "X-Signature": "abc"})
    await world.runtime.refused.flush()
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url, "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": settings.secret_key, "HUB_CONNECTORS_DIR": "",
    }  # fmt: skip

    def cli(*words: str) -> Any:
        return CliRunner().invoke(hub, list(words), env=env)

    done = await asyncio.to_thread(cli, "connector", "record", "phone", "--refused", "--to", str(tmp_path))
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text())["request"]["headers"]["x-signature"] == "abc"
    listed = await asyncio.to_thread(cli, "channel", "show", "phone", "--json")
    assert json.loads(listed.stdout)["refused"][0]["status"] == 401
    unasked = await asyncio.to_thread(cli, "connector", "record", "phone", "--refused")
    assert (unasked.exit_code, "--to" in unasked.output) == (2, True)
    none = await asyncio.to_thread(cli, "connector", "record", "form", "--refused", "--to", str(tmp_path))
    assert none.exit_code == 1
    assert "refused nothing within a day" in none.stderr


async def test_counts_survive_a_database_that_was_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise OSError("away")

    await knock(world, headers={"X-Token": "mistyped"})
    with monkeypatch.context() as patch:
        patch.setattr(refused, "_write", away)
        with pytest.raises(OSError, match="away"):
            await world.runtime.refused.flush()
    await knock(world, headers={"X-Token": "mistyped"})

    async def told() -> bool:
        return await counts(world) == {("phone", 401): 2}

    await until(told)
