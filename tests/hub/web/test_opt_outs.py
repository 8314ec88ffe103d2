"""Who gets a message of the bot that they did not ask for can refuse more of them, and take that back."""

from __future__ import annotations

from urllib.parse import urlsplit

from crm_core.opt_outs import service as opt_outs
from hub.opt_out_links import address_for, handle_of
from tests.site import Site, texts

ANN = ("email", "ann@x.example")
FIRST = """
    WITH said AS (
        INSERT INTO inbox_message (conversation_id, channel_id, direction, author, at, text, data, delivery)
        SELECT c.id, c.channel_id, 'out', 'bot', now(), 'Are you still there?', $2::jsonb, 'pending'
          FROM inbox_conversation c WHERE c.id = $1
        RETURNING id, conversation_id, channel_id
    )
    INSERT INTO inbox_outbox (message_id, conversation_id, channel_id, by_bot, fence, due_at)
    SELECT s.id, s.conversation_id, s.channel_id, true, c.fence, now()
      FROM said s JOIN inbox_conversation c ON c.id = s.conversation_id"""


def test_a_link_names_its_address_and_nobody_else_can_make_one(site: Site) -> None:
    cipher = site.world.runtime.cipher
    link = address_for("https://hub.example/", cipher, *ANN)
    assert link.startswith("https://hub.example/no-mail/")
    token = link.rpartition("/")[2]
    assert handle_of(cipher, token) == ANN
    body, _, mark = token.partition(".")
    for wrong in ("", "x", body, f"{body}.", f"{body}A.{mark}", f"{body}.{mark[:-1]}0x", "é.é", f".{mark}"):
        assert handle_of(cipher, wrong) is None


async def test_one_click_refuses_and_a_scanner_that_opens_the_link_does_not(site: Site) -> None:
    world, client = site.world, await site.client()
    path = urlsplit(address_for(site.url, world.runtime.cipher, *ANN)).path

    async def is_refused() -> bool:
        async with world.pool.acquire() as conn:
            return await opt_outs.has_opted_out(conn, "email", "ANN@x.example")

    async with client.get(path) as answer:
        assert answer.status == 200
        assert "ann@x.example" in await answer.text()
    assert not await is_refused()
    for _ in range(2):
        async with client.post(path, data={"List-Unsubscribe": "One-Click"}) as answer:
            assert answer.status == 200
            assert "gets no more messages" in texts(await answer.text())
        assert await is_refused()
    async with client.post(path, data={"allow": "1"}) as answer:
        assert answer.status == 200
    assert not await is_refused()
    async with client.get("/no-mail/nonsense") as answer:
        assert answer.status == 404


async def test_what_nobody_asked_for_does_not_go_where_it_is_refused(site: Site) -> None:
    world = site.world
    id_ = await site.conversation(sender="+85512000001")
    await site.world.settled()
    async with world.pool.acquire() as conn:
        await opt_outs.opt_out(conn, "phone", "+85512000001")
    await world.fetch(FIRST, id_, {"unasked": True})
    await world.fetch(FIRST, id_, {})
    world.runtime.deliverer.wake()
    await world.delivered()
    rows = await world.fetch(
        "SELECT state, reason FROM inbox_outbox WHERE conversation_id = $1 AND by_bot ORDER BY seq", id_
    )
    assert [row["state"] for row in rows[-2:]] == ["refused", "sent"]
    assert "asked not to be written to" in rows[-2]["reason"]
