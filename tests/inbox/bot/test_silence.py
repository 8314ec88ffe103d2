"""The bot breaks a silence once, digs nothing out, and lets those alone who refused."""

from __future__ import annotations

from crm_core.opt_outs import service as opt_outs
from hub import periodic
from inbox.actions import service as conversations
from tests.inbox.bot.conftest import PHONE, run, says, sent, settled, talk
from tests.world import World

SILENCE = """
  - id: quiet
    when: {silence: 30 min}
    do: [{say: Are you still there?}]
  - id: after_us
    returns: true
    when: {silence: 1 d}
    do:
      - say: Did that help?
        buttons: [{label: "Yes", goto: thanks}]
  - {id: thanks, do: [{say: Good!}]}
  - id: size
    when: {keywords: size}
    do: [{ask: number, save: size, text: Which size?}, {say: "Size {{ size }}."}]
"""


async def look(world: World, *, minutes: float) -> None:
    """So much time passes in silence, and somebody looks."""
    await world.fetch("UPDATE inbox_conversation SET last_at = last_at - make_interval(mins => $1)", minutes)
    await periodic.watch_for_bot(world.runtime)
    await settled(world)


async def test_silence_is_broken_once_until_the_person_writes(world: World) -> None:
    await run(world, SILENCE)
    await periodic.watch_for_bot(world.runtime)
    await says(world, "size")
    await look(world, minutes=20)
    assert sent(world) == ["Which size?"]
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=20)
    assert sent(world) == ["Which size?", "Are you still there?"]
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=40)
    assert len(sent(world)) == 2
    await says(world, "42")
    assert sent(world)[-1] == "Size 42."
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=40)
    assert sent(world)[-1] == "Are you still there?"
    assert await world.value("SELECT data->'unasked' FROM inbox_message ORDER BY id DESC LIMIT 1") is True


async def test_nothing_of_the_past_is_dug_out(world: World) -> None:
    await run(world, SILENCE)
    await says(world, "size")
    await look(world, minutes=45)
    assert sent(world) == ["Which size?"]


async def test_a_rule_that_returns_speaks_where_a_manager_was_and_hears_the_answer(world: World) -> None:
    _, anna = await world.user("Anna")
    await run(world, SILENCE)
    await says(world, "operator")
    found = await talk(world)
    await world.act(
        conversations.reply,
        found["id"],
        conversations.Reply(text="Here is your answer."),
        directory=world.runtime.directory,
        viewer=anna,
    )
    await world.delivered()
    await periodic.watch_for_bot(world.runtime)
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '25 hours'")
    await look(world, minutes=24 * 60 + 10)
    assert sent(world)[-1] == "Did that help?"
    back = await talk(world)
    assert (back["owner"], back["assignee_id"]) == ("bot", found["assignee_id"])
    await says(world, "1")
    assert sent(world)[-1] == "Good!"


async def test_who_refused_such_messages_gets_none(world: World) -> None:
    await run(world, SILENCE)
    await periodic.watch_for_bot(world.runtime)
    await says(world, "size")
    async with world.pool.acquire() as conn:
        await opt_outs.opt_out(conn, "phone", PHONE)
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=45)
    assert sent(world) == ["Which size?"]
    assert await world.value("SELECT state FROM inbox_outbox ORDER BY seq DESC LIMIT 1") == "refused"
