"""Failed reactions as people and programs see them, and the table that all of it draws from."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from crm_core import events
from crm_core.events import ABOUT, Fact, Written, names
from crm_core.facts import DealWon
from crm_core.users.model import SYSTEM, Viewer
from hub import facts, wiring
from hub.api import tokens
from hub.reactions import store
from hub.serve import build_app
from inbox.facts import MessageReceived
from tests.site import CSRF, open_site, texts
from tests.world import World


async def failed(world: World, n: int = 2) -> list[int]:
    """Runs of the bot that have failed."""
    async with world.pool.acquire() as conn, conn.transaction():
        made = [
            DealWon(deal_id=i + 1, from_=1, to=2, stage="A word of theirs", reason="Why") for i in range(n)
        ]
        await events.announce(conn, made)
        ids = [row["id"] for row in await conn.fetch("SELECT id FROM crm_activity ORDER BY id")]
        await store.add(conn, [("bot", id_, f"deal:{i + 1}") for i, id_ in enumerate(ids)])
        await conn.execute(
            "UPDATE hub_run SET state = 'failed', said = 'It stopped.', done_at = now(), attempts = 8"
        )
        return [row["id"] for row in await conn.fetch("SELECT id FROM hub_run ORDER BY id")]


async def test_a_failed_reaction_is_shown_and_tried_again(world: World) -> None:
    ids = await failed(world)
    ops, _ = await world.user("Operator", role="ops")
    manager, _ = await world.user("Sokha")
    async with open_site(world) as site:
        client, stranger = await site.client(ops), await site.client(manager)
        async with client.get("/jobs") as answer:
            assert "2 reactions to something that happened failed" in texts(await answer.text())
        async with stranger.get("/jobs") as answer:
            assert "reactions" not in texts(await answer.text())
        async with stranger.get("/runs") as answer:
            assert answer.status == 403
        async with client.get("/runs") as answer:
            shown = texts(await answer.text())
        for said in ("Deal won", "deal:1", "Tell the bot's rules", "It stopped."):
            assert said in shown
        assert "A word of theirs" not in shown
        async with client.post(f"/runs/{ids[0]}/repetition", data={"csrf": CSRF}) as answer:
            assert "It is being tried again" in texts(await answer.text())
        async with client.post(f"/runs/{ids[0]}/repetition", data={"csrf": CSRF}) as answer:
            assert answer.status == 409
        async with client.post("/runs/repetitions", data={"csrf": CSRF}) as answer:
            assert "Nothing failed" in texts(await answer.text())
    assert await world.value("SELECT bool_and(state = 'waiting' AND attempts = 0) FROM hub_run")


async def test_the_api_lists_runs_under_the_readers_rights(world: World) -> None:
    await failed(world)
    people = {role: (await world.user(role.title(), role=role))[0] for role in ("admin", "ops", "manager")}
    async with TestClient(TestServer(build_app(world.runtime))) as client:

        async def ask(
            method: str, path: str, role: str, status: int = 200
        ) -> dict[str, list[dict[str, object]]]:
            async with world.pool.acquire() as conn, conn.transaction():
                token = await tokens.create(conn, name="t", scopes=["runs:write"], user_id=people[role].id)
            headers = {"Authorization": f"Bearer {token}"}
            async with client.request(method, f"/api/v1{path}", headers=headers) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json()

        for role, data in (
            ("admin", {"from": 1, "to": 2, "stage": "A word of theirs", "reason": "Why"}),
            ("ops", {"from": 1, "to": 2, "stage": "A word of theirs"}),
        ):
            items = (await ask("GET", "/runs?state=failed", role))["items"]
            assert [(one["kind"], one["record"]) for one in items] == [
                ("deal.won", "deal:2"),
                ("deal.won", "deal:1"),
            ]
            assert items[0]["data"] == data
        await ask("GET", "/runs", "manager", 403)
        assert await ask("POST", "/runs/repetitions", "ops") == {"n": 2}
        async with client.get("/metrics") as answer:
            assert 'hub_runs{handler="bot",state="waiting"} 2.0' in await answer.text()


@pytest.mark.parametrize("kind", facts.KINDS.values(), ids=str)
def test_every_kind_is_declared_whole(kind: type[Fact]) -> None:
    assert is_dataclass(kind)
    assert kind.kind.count(".") == 1
    assert kind.title
    assert set(kind.words) <= {each.name for each in fields(kind)}
    assert not {told for told in names(kind).values() if told in ("id", "at")}
    made = kind(**{each.name: f"a {each.name}" for each in fields(kind) if each.name not in ABOUT})
    assert kind.read(dict.fromkeys(ABOUT), made.data()) == made
    kind.read(dict.fromkeys(ABOUT), {})  # what a version before wrote


def test_names_are_unique_and_public_ones_stay() -> None:
    assert len(facts.KINDS) == len({kind.kind for kind in facts.KINDS.values()}) == 39
    assert set(facts.KINDS) - set(facts.PUBLIC) == {
        "task.reminded", "note.written", "act.undone", "conversation.snoozed",
    }  # fmt: skip
    assert {reaction.name for reaction in wiring.REACTIONS} == {"bot"}
    assert set(facts.KINDS) > wiring.HEARD


def test_who_may_not_see_customers_reads_no_word_of_theirs() -> None:
    about = dict.fromkeys(ABOUT)
    data = MessageReceived(channel_id=1, external_id="x", text="my secret").data()

    written = Written(id=1, at=datetime.now(UTC), kind="message.received", data=data, **about)
    ops = Viewer(user_id=1, role="ops")
    assert facts.data_for(written, SYSTEM) == data
    assert facts.data_for(written, ops) == {"channel_id": 1, "external_id": "x"}
    unknown = Written(id=1, at=datetime.now(UTC), kind="of.tomorrow", data=data, **about)
    assert facts.data_for(unknown, ops) == {}
