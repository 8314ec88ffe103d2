"""What is wrong reaches a person: once when it begins, once when it is over, by whichever channel still works."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner

from connectors.contract import CredentialsDead, Outbound, State
from hub.alarms import service as alarms
from hub.cli import hub
from inbox import quarantine
from tests.hub.alarms.made import Mailbox, look, report, tell
from tests.servers.sink import Sink
from tests.site import CSRF, open_site, texts
from tests.world import World
from values.errors import Invalid


async def test_dead_credentials_are_told_once_and_once_when_they_are_mended(
    world: World, mail: Mailbox
) -> None:
    await tell(world)
    await look(world)
    assert not mail.sent
    await report(world, "bot", State.NEEDS_CREDENTIALS, "The token has run out.")
    for _ in range(3):
        await look(world)
    (letter,) = mail.sent
    assert (letter.to.kind, letter.to.value, letter.subject) == (
        "email", "ops@example.org", "Omnihub: A channel needs new credentials",
    )  # fmt: skip
    assert "Bot: The token has run out." in letter.text
    assert "https://hub.example.org/alarms" in letter.text
    assert letter.by_bot
    await report(world, "bot", State.CONNECTED)
    for _ in range(3):
        await look(world)
    assert [one.subject for one in mail.sent[1:]] == ["Omnihub: Over: A channel needs new credentials"]
    await report(world, "bot", State.NEEDS_CREDENTIALS, "The token has run out again.")
    await look(world)
    assert len(mail.sent) == 3


async def bring(world: World, kind: str) -> None:
    match kind:
        case "quarantine":
            await world.post(sender="+85512000001", type="bug")
            await world.settled()
        case "silence":
            await world.fetch(
                "UPDATE inbox_channel SET alarm = 'Nothing came for 9 hours.' WHERE slug = 'sink'"
            )
        case "refused":
            await world.fetch("UPDATE inbox_channel SET settings = settings WHERE slug = 'sink'")
            channel = world.runtime.directory.by_slug("sink")
            world.runtime.refused.note(channel, None, status=401, reason="The signature does not fit.")
            await world.runtime.refused.flush()
        case _:
            await world.fetch(
                """INSERT INTO inbox_outbox (message_id, conversation_id, channel_id, fence, by_bot, state, reason)
                   SELECT max(id), max(conversation_id), (SELECT id FROM inbox_channel WHERE slug = 'sink'), 1, false,
                          'refused', 'No such template' FROM inbox_message"""
            )


async def end(world: World, kind: str) -> None:
    match kind:
        case "quarantine":
            async with world.pool.acquire() as conn, conn.transaction():
                await quarantine.set_aside(
                    conn, [row.id for row in (await quarantine.list_quarantine(conn)).items]
                )
        case "silence":
            await world.fetch("UPDATE inbox_channel SET alarm = ''")
        case "refused":
            await world.fetch("UPDATE inbox_refused SET last_at = now() - interval '61 minutes'")
        case _:
            await world.fetch("UPDATE inbox_outbox SET state = 'sent'")


@pytest.mark.parametrize("kind", ["quarantine", "silence", "refused", "unsent"])
async def test_every_kind_begins_and_ends(world: World, mail: Mailbox, kind: str) -> None:
    await world.post(sender="+85512000009", text="Hello")
    await world.settled()
    await tell(world, kinds=[kind])
    await bring(world, kind)
    await look(world)
    await end(world, kind)
    await look(world)
    await look(world)
    first, second = mail.sent
    assert "Sink" in first.text
    assert second.subject.removeprefix("Omnihub: ") == "Over: " + first.subject.removeprefix("Omnihub: ")


async def test_each_hears_of_what_they_asked_for_in_their_language(world: World, mail: Mailbox) -> None:
    await tell(world, address="a@example.org", kinds=["quarantine"])
    await tell(world, address="b@example.org", kinds=["credentials"], language="ru")
    await tell(world, way="telegram", address="-10012345", channel="bot")
    await report(world, "sink", State.NEEDS_CREDENTIALS, "The token has run out.")
    await look(world)
    assert [one.to.value for one in mail.sent] == ["b@example.org"]
    assert "новые" in mail.sent[0].subject
    telegram = world.runtime.registry["telegram"]
    assert isinstance(telegram, Sink)
    assert [(one.to.kind, one.to.value) for one in telegram.sent] == [("telegram", "-10012345")]


async def test_it_goes_by_another_channel_where_the_chosen_one_is_what_is_broken(
    world: World, mail: Mailbox
) -> None:
    await tell(world)
    tried: list[int] = []

    def script(_letter: Outbound) -> None:
        tried.append(1)
        if len(tried) == 1:
            raise CredentialsDead("The password was changed")

    mail.script = script
    await report(world, "box", State.NEEDS_CREDENTIALS, "The password was changed.")
    await look(world)
    assert len(mail.sent) == 1


async def test_a_letter_that_cannot_go_is_tried_again_and_says_why(world: World, mail: Mailbox) -> None:
    def script(_letter: Outbound) -> None:
        raise CredentialsDead("The password was changed")

    id_ = await tell(world)
    mail.script = script
    async with world.pool.acquire() as conn, conn.transaction():
        await alarms.rehearse(conn, id_)
    await look(world)
    async with world.pool.acquire() as conn:
        assert (await alarms.recipients(conn))[0].reason == "The password was changed"
    mail.script = None
    await look(world)
    assert "This is a test" in mail.sent[0].text


async def test_who_is_entered_while_something_is_wrong_hears_of_it(world: World, mail: Mailbox) -> None:
    await report(world, "sink", State.NEEDS_CREDENTIALS, "The token has run out.")
    await look(world)
    await tell(world)
    await look(world)
    assert len(mail.sent) == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"way": "telegram", "channel": "bot", "address": "@name"}, "address"),
        ({"channel": "sink"}, "channel"),
        ({"kinds": ["weather"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"language": "xx"}, "language"),
        ({"way": "pigeon"}, "way"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    world: World, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await tell(world, **options)
    assert refused.value.field == field


async def test_the_page_and_the_command_line(world: World, mail: Mailbox) -> None:
    await report(world, "sink", State.NEEDS_CREDENTIALS, "The token has run out.")
    async with open_site(world) as site:
        client = await site.client((await world.user("Olga", role="ops"))[0])
        form = {
            "csrf": CSRF,
            "address": "olga@example.org",
            "channel": "box",
            "language": "en",
            "kind": "credentials",
        }
        async with client.post("/alarms", data={**form, "address": "nobody"}) as answer:
            assert answer.status == 422
        for field in ("channel", "address", "language", "kind"):
            async with client.post("/alarms", data={**form, field: "\0a"}) as answer:
                assert answer.status == 422, field
        for kind in ("multipart/form-data; boundary=b", "multipart/form-data"):
            headers = {"Content-Type": kind, "X-CSRF-Token": CSRF}
            async with client.post("/alarms", data=b"--b\r\n\r\nno name", headers=headers) as answer:
                assert answer.status == 422
        async with client.post("/alarms", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        await look(world)
        assert len(mail.sent) == 1
        async with client.get("/alarms") as answer:
            page = texts(await answer.text())
        assert "Sink: The token has run out." in page
        assert "olga@example.org" in page
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": settings.secret_key,
    }

    async def cli(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, hub, ["alarm", *words], env=env)

    listed = await cli("list", "--json")
    assert listed.exit_code == 1
    told = json.loads(listed.stdout)
    assert [one["kind"] for one in told["alarms"]] == ["credentials"]
    assert (await cli("remove", str(told["told"][0]["id"]))).exit_code == 0
    made = await cli("tell", "--mail", "b@example.org", "--by", "box", "--of", "silence")
    assert made.exit_code == 0, made.output
    assert (await cli("tell", "--by", "box")).exit_code == 2
    assert (await cli("test", "99")).exit_code == 1
    await report(world, "sink", State.CONNECTED)
    assert (await cli("list")).exit_code == 0
