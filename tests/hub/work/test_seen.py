"""Jobs as people and programs see them: the page, the pushes, the API, the command line, the figures."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from click.testing import CliRunner

from crm_core.users.model import SYSTEM, User, Viewer
from hub.api import tokens
from hub.cli import hub
from hub.serve import build_app
from hub.web.client import Batch, Client
from hub.web.platform import jobs
from hub.wording.i18n import locale_context
from hub.work import runner, service
from hub.work.kinds import KINDS, REPLAY
from tests.site import CSRF, Site, texts
from tests.world import World, until


async def begin(world: World, viewer: Viewer = SYSTEM) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return await service.begin(conn, viewer, REPLAY, {}, total=10)


async def work(world: World) -> None:
    for id_, _ in await runner.due(world.runtime, KINDS):
        await runner.run(world.runtime, id_, KINDS)


async def quarantined(world: World, n: int) -> None:
    await world.fetch(
        "INSERT INTO inbox_journal (channel_id, received_at, state, lane, transport, meta, body, reason)"
        " SELECT 1, now(), 'quarantined', 1, 'http', '{}', '{\"broken', 'It is broken.' FROM generate_series(1, $1)",
        n,
    )
    await world.fetch(
        "INSERT INTO inbox_ledger (channel_id, day, what, slot, n)"
        " SELECT 1, (now() AT TIME ZONE 'UTC')::date, what, 0, $1 FROM unnest('{received,quarantined}'::text[]) AS what",
        n,
    )


async def post(client: aiohttp.ClientSession, path: str, **fields: str) -> tuple[int, str]:
    data = {**fields, "csrf": CSRF}
    async with client.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


async def get(client: aiohttp.ClientSession, path: str) -> str:
    async with client.get(path) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def test_a_large_quarantine_is_processed_again_in_the_background(site: Site) -> None:
    world = site.world
    user, _ = await world.user("Operator", role="ops")
    client = await site.client(user)
    assert "No jobs" in texts(await get(client, "/jobs"))
    await quarantined(world, 1201)
    status, place = await post(client, "/quarantine/removals", group="1:It is broken.")
    assert status == 303
    assert place.startswith("/jobs/")
    assert "Queued" in texts(await get(client, place))
    await work(world)
    shown = texts(await get(client, place))
    assert "Done" in shown
    assert "Inputs set aside: 1201." in shown
    assert "1,201 of 1,201" in shown
    assert not await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'")
    await world.balanced()
    assert "job 1" in {row["target"] for row in await world.fetch("SELECT target FROM hub_audit")}
    assert (await post(client, f"{place}/cancellation"))[0] == 409


async def test_what_is_replayed_and_comes_back_is_not_taken_again(site: Site) -> None:
    """As many as there were at the beginning, though each of them is in quarantine again at once."""
    world = site.world
    await quarantined(world, 600)
    user, _ = await world.user("Boss", role="admin")
    status, place = await post(await site.client(user), "/quarantine/replays", all="1")
    assert status == 303
    await work(world)
    assert "Inputs that are processed again: 600." in texts(await get(await site.client(user), place))
    await world.balanced()


async def test_a_job_is_cancelled_and_goes_on_by_buttons(site: Site) -> None:
    user, viewer = await site.world.user("Boss", role="admin")
    other, _ = await site.world.user("Sokha")
    client, stranger = await site.client(user), await site.client(other)
    id_ = await begin(site.world, viewer)
    assert (await post(stranger, f"/jobs/{id_}/cancellation"))[0] == 404
    assert await post(client, f"/jobs/{id_}/cancellation") == (303, f"/jobs/{id_}")
    assert "Cancelled" in texts(await get(client, "/jobs?state=cancelled"))
    assert await post(client, f"/jobs/{id_}/repetition") == (303, f"/jobs/{id_}")
    await work(site.world)
    assert "Done" in texts(await get(client, f"/jobs/{id_}"))
    assert "No jobs" in texts(await get(stranger, "/jobs"))


async def test_pushes_reach_who_may_see_the_job_and_a_notice_who_began_it(world: World) -> None:
    owner, viewer = await world.user("Boss", role="admin")
    people = {"owner": owner, "admin": (await world.user("Other", role="admin"))[0]}
    people["manager"] = (await world.user("Sokha"))[0]
    id_ = await begin(world, viewer)
    await work(world)
    async with world.pool.acquire() as conn:
        job = await service.get(conn, SYSTEM, id_)
    change = service.changed(id_, owner.id, is_ended=True)
    pages = [_page(user) for user in people.values()]
    assert jobs.readers([change], pages) == [owner.id]
    batch = Batch(changes=[change], rows={}, messages=(), jobs={id_: job}, unread_jobs={owner.id: [job]})
    html = {name: jobs.pushed(_page(user), batch) for name, user in people.items()}
    assert f'id="job{id_}"' in html["owner"]
    assert f'data-reads="{id_}"' in html["owner"]
    assert f'id="job{id_}"' in html["admin"]
    assert "data-reads" not in html["admin"]
    assert html["manager"] == ""


def _page(user: User) -> Client:
    return Client(
        user=user, viewer=Viewer.of(user), speech=locale_context("en", "UTC"), csrf="x", view="", is_searching=False, watched=None
    )  # fmt: skip


async def test_progress_is_seen_live(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    user, viewer = await site.world.user("Boss", role="admin")
    client = await site.client(user)
    async with client.get("/live") as stream:
        assert (await stream.content.readline()).startswith(b"retry")
        id_ = await begin(site.world, viewer)
        await work(site.world)
        heard = b""
        while b"data-reads" not in heard:
            heard += await asyncio.wait_for(stream.content.readline(), 30)
    assert f'id="job{id_}"'.encode() in heard


async def test_the_api_lists_shows_cancels_and_repeats(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        token = await tokens.create(conn, name="test", scopes=["jobs:read", "jobs:write"])
    from aiohttp.test_utils import TestClient, TestServer

    id_ = await begin(world)
    headers = {"Authorization": f"Bearer {token}"}
    async with TestClient(TestServer(build_app(world.runtime))) as client:

        async def ask(method: str, path: str, status: int = 200) -> dict[str, object]:
            async with client.request(method, f"/api/v1{path}", headers=headers) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json()

        found = await ask("GET", "/jobs?state=queued")
        assert [one["id"] for one in found["items"]] == [id_]  # type: ignore[attr-defined]  # JSON
        assert (await ask("POST", f"/jobs/{id_}/cancellation"))["state"] == "cancelled"
        await ask("POST", f"/jobs/{id_}/cancellation", 409)
        assert (await ask("POST", f"/jobs/{id_}/repetition"))["state"] == "queued"
        await work(world)
        shown = await ask("GET", f"/jobs/{id_}")
        assert (shown["state"], shown["result"]) == ("done", {"n": 0, "href": "/quarantine"})
        await ask("GET", "/jobs/999", 404)
        await ask("GET", f"/jobs/{id_}/files/1", 404)
        async with client.get("/metrics") as answer:
            assert 'hub_jobs{kind="quarantine.replay",state="done"} 1.0' in await answer.text()


async def test_the_command_line_lists_shows_and_cancels(world: World, db_url: str, redis_url: str) -> None:
    env = {
        "HUB_DATABASE_URL": db_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_SECRET_KEY": world.runtime.settings.secret_key,
    }

    async def run(*words: str, code: int = 0) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, hub, ("job", *words), env=env)
        assert done.exit_code == code, done.output
        return done.stdout

    assert json.loads(await run("list", "--json")) == []
    id_ = await begin(world)
    (one,) = json.loads(await run("list", "--state", "queued", "--json"))
    assert (one["id"], one["kind"], one["percent"]) == (id_, "quarantine.replay", 0)
    assert "quarantine.replay" in await run("list")
    assert json.loads(await run("cancel", str(id_), "--json"))["state"] == "cancelled"
    assert json.loads(await run("show", str(id_), "--json"))["state"] == "cancelled"
    assert "state\tcancelled" in await run("show", str(id_))
    await run("cancel", str(id_), code=1)
    await run("show", "999", code=1)
    assert await run("repeat", str(id_)) == f"Job {id_}: queued.\n"
    await until(lambda: world.value("SELECT state = 'queued' FROM hub_job"))
