"""A whole hub and what WhatsApp tells besides messages: ids without numbers, echoes, changes, notices, calls, mixed batches."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.contract import RawInput
from inbox import quarantine
from inbox.channels import service as channels
from tests.bundled import bundled
from tests.world import World, close_world, open_world, until

ANN = {"profile": {"name": "Ann"}, "wa_id": "12025550123"}
HIDDEN = {"profile": {"name": "Ann", "username": "ann"}, "user_id": "US.5001"}
MESSAGES = "SELECT text, direction, author, data, conversation_id, external_id FROM inbox_message ORDER BY id"
STATES = "SELECT state, reason FROM inbox_journal ORDER BY id"


@dataclass
class House:
    """A hub with a WhatsApp channel whose webhooks the test hands in."""

    world: World

    async def tell(self, *, field: str = "messages", contacts: Any = (ANN,), **value: Any) -> None:
        live = self.world.runtime.directory.by_slug("wa")
        assert live is not None
        told = {"metadata": {"display_phone_number": "15550783881"}, "contacts": list(contacts), **value}
        body = json.dumps({"entry": [{"id": "1", "changes": [{"field": field, "value": told}]}]}).encode()
        headers = {"content-type": "application/json"}
        raw = RawInput(transport="http", body=body, received_at=datetime.now(UTC), headers=headers)
        await self.world.runtime.intake.accept_many(live, [raw])
        await self.world.settled()

    async def messages(self) -> list[dict[str, Any]]:
        return await self.world.fetch(MESSAGES)

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.world.fetch(STATES)]


def message(name: str, words: str, **more: Any) -> dict[str, Any]:
    made = {
        "from": "12025550123",
        "id": name,
        "timestamp": "1767603600",
        "type": "text",
        "text": {"body": words},
    }
    return {key: value for key, value in (made | more).items() if value is not None}


@pytest.fixture
async def house(db_url: str, redis_url: str) -> AsyncIterator[House]:
    world = await open_world(db_url, redis_url, connectors=[bundled()["whatsapp"]])
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, world.runtime.registry, world.runtime.cipher, slug="wa", name="wa", connector="whatsapp",
            settings={"phone_number_id": "1", "access_token": "t", "app_secret": "s", "verify_token": "v",
                      "api_base": "http://127.0.0.1:9", "trusted_hosts": "127.0.0.1"}, bot=False,
        )  # fmt: skip
    await world.runtime.refresh()
    yield House(world)
    await world.balanced()
    await close_world(world)


HIDING = {"from": None, "from_user_id": "US.5001"}
BOTH = {"from_user_id": "US.5001"}
KNOWN = {**ANN, "user_id": "US.5001"}


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize(
    "steps",
    [
        [(KNOWN, BOTH), (HIDDEN, HIDING)],
        [(HIDDEN, HIDING), (KNOWN, BOTH)],
        [(KNOWN, BOTH), (HIDDEN, HIDING), (KNOWN, BOTH)],
        [(ANN, {}), (KNOWN, BOTH), (HIDDEN, HIDING)],
    ],
)
async def test_an_id_and_a_number_of_one_account_are_one_talk(
    house: House, steps: list[Any], at_once: bool
) -> None:
    said = [message(f"w{n}", f"word {n}", **fields) for n, (_, fields) in enumerate(steps)]
    if at_once:
        await house.tell(contacts=[contact for contact, _ in steps], messages=said)
    else:
        for (contact, _), one in zip(steps, said, strict=True):
            await house.tell(contacts=[contact], messages=[one])
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 1
    roots = "SELECT count(*) FROM crm_contact WHERE merged_into IS NULL"
    assert await house.world.value(roots) == 1
    handles = await house.world.fetch("SELECT kind, trust FROM crm_handle ORDER BY kind")
    assert [(row["kind"], row["trust"]) for row in handles] == [("phone", "proven"), ("whatsapp", "proven")]


async def test_an_id_alone_is_answered_at_that_id(house: House) -> None:
    await house.tell(contacts=[HIDDEN], messages=[message("w1", "I hide my number", **HIDING)])
    [talk] = await house.world.fetch("SELECT handle_kind, handle_value FROM inbox_conversation")
    assert (talk["handle_kind"], talk["handle_value"]) == ("whatsapp", "US.5001")
    assert await house.world.value("SELECT name FROM crm_contact") == "Ann"


@pytest.mark.parametrize("name", ["US.5001", "KH.40812345678901234567", "US.ENT.11815799212886844830"])
async def test_an_id_in_the_place_of_the_number_is_an_id(house: House, name: str) -> None:
    contact = {"profile": {"name": "Ann"}, "user_id": name}
    await house.tell(contacts=[contact], messages=[message("w1", "no number", **{"from": name})])
    await house.tell(
        contacts=[contact], messages=[message("w2", "again", **{"from": None, "from_user_id": name})]
    )
    assert await house.states() == ["processed", "processed"]
    [talk] = await house.world.fetch("SELECT handle_kind, handle_value FROM inbox_conversation")
    assert (talk["handle_kind"], talk["handle_value"]) == ("whatsapp", name)
    assert await house.world.value("SELECT name FROM crm_contact") == "Ann"
    call = {"id": "c1", "from": name, "to": "15550783881", "direction": "USER_INITIATED", "event": "connect"}
    await house.tell(field="calls", contacts=[contact], calls=[{**call, "timestamp": "1767603600"}])
    wish = {"wa_id": name, "category": "marketing_messages", "value": "stop", "timestamp": 1767603600}
    await house.tell(field="user_preferences", contacts=(), user_preferences=[wish])
    echo = {
        "from": "15550783881",
        "to": name,
        "id": "e1",
        "timestamp": "1767603700",
        "type": "text",
        "text": {"body": "ours"},
    }
    await house.tell(field="smb_message_echoes", contacts=(), message_echoes=[echo])
    assert set(await house.states()) == {"processed"}
    assert await house.world.value("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL") == 1
    assert await house.world.value("SELECT value FROM crm_refusal") == name
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 1


async def test_what_the_owner_writes_in_the_phone_app_is_ours_and_stops_the_bot(house: House) -> None:
    await house.tell(messages=[message("w1", "Is it there?")])
    echo = {"from": "15550783881", "to": "12025550123", "id": "e1", "timestamp": "1767603700", "type": "text"}
    await house.tell(
        field="smb_message_echoes", contacts=(), message_echoes=[{**echo, "text": {"body": "Yes, come by"}}]
    )
    said = [(one["direction"], one["author"], one["text"]) for one in await house.messages()]
    assert said == [("in", "person", "Is it there?"), ("out", "user", "Yes, come by")]
    assert await house.world.value("SELECT owner FROM inbox_conversation") == "user"
    revoked = {key: echo[key] for key in ("from", "to", "timestamp")}
    revoke = {**revoked, "id": "e2", "type": "revoke", "revoke": {"original_message_id": "e1"}}
    await house.tell(field="smb_message_echoes", contacts=(), message_echoes=[revoke])
    assert (await house.messages())[-1]["data"]["deleted"]


async def test_reactions_edits_and_what_is_taken_back(house: House) -> None:
    await house.tell(messages=[message("w1", "Monday")])
    edit = {"original_message_id": "w1", "message": {"type": "text", "text": {"body": "Tuesday"}}}
    later = {"text": None, "timestamp": "1767603700"}
    await house.tell(messages=[message("w2", "", type="edit", edit=edit, **later)])
    for n, emoji in enumerate(("👍", "")):
        felt = {"message_id": "w1", "emoji": emoji}
        moment = {"text": None, "timestamp": str(1767603800 + n)}
        await house.tell(messages=[message(f"r{n}", "", type="reaction", reaction=felt, **moment)])
        [only] = await house.messages()
        assert [one["shown"] for one in only["data"]["reactions"].values()] == [[emoji] if emoji else []]
    revoke = {"original_message_id": "w1"}
    await house.tell(messages=[message("w3", "", type="revoke", revoke=revoke, **later)])
    [only] = await house.messages()
    assert (only["text"], only["data"]["versions"][0]["text"]) == ("Tuesday", "Monday")
    assert only["data"]["deleted"]


async def test_a_changed_number_is_the_same_person_who_is_answered_there(house: House) -> None:
    system = {"type": "user_changed_number", "wa_id": "12025550456", "body": "changed"}
    told = message("s0", "", type="system", system=system, text=None)
    await house.tell(contacts=(), messages=[told])
    assert await house.world.value("SELECT count(*) FROM crm_contact") == 0
    await house.tell(messages=[message("w1", "hello")])
    await house.tell(contacts=(), messages=[{**told, "id": "s1"}])
    moved = {"profile": {"name": "Ann"}, "wa_id": "12025550456"}
    await house.tell(contacts=[moved], messages=[message("w2", "it is me", **{"from": "12025550456"})])
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 1
    assert await house.world.value("SELECT handle_value FROM inbox_conversation") == "+12025550456"
    assert await house.world.value("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL") == 1
    assert [one["direction"] for one in await house.messages()] == ["in", "event", "in"]


async def test_no_more_advertising_is_kept_at_the_address_and_taken_back(house: House) -> None:
    refusals = "SELECT kind, value FROM crm_refusal ORDER BY kind"
    for n, (value, kept) in enumerate((("stop", 1), ("stop", 1), ("resume", 0))):
        wish = {
            "wa_id": "12025550123",
            "category": "marketing_messages",
            "value": value,
            "timestamp": 1767603600 + n,
        }
        await house.tell(field="user_preferences", user_preferences=[wish])
        assert len(await house.world.fetch(refusals)) == kept


async def test_a_call_is_seen(house: House) -> None:
    call = {"id": "wacid.1", "from": "12025550123", "to": "15550783881", "direction": "USER_INITIATED"}
    await house.tell(field="calls", calls=[{**call, "event": "connect", "timestamp": "1767603600"}])
    ended = {**call, "event": "terminate", "timestamp": "1767603630", "status": "FAILED"}
    await house.tell(field="calls", calls=[ended], errors=[{"code": 1, "title": "note"}])
    [made] = await house.world.fetch("SELECT outcome, outbound FROM inbox_call")
    assert (made["outcome"], made["outbound"]) == ("missed", False)


async def test_an_unknown_kind_beside_known_ones_waits_alone(house: House) -> None:
    new = message("n1", "", type="hologram", text=None)
    await house.tell(messages=[message("w1", "one"), new, message("w2", "two")])
    assert await house.states() == ["partly"]
    assert [one["text"] for one in await house.messages()] == ["one", "two"]
    async with house.world.pool.acquire() as conn, conn.transaction():
        [row] = (await quarantine.list_quarantine(conn)).items
        assert (row.state, await quarantine.waiting(conn)) == ("partly", 1)
        assert row.reason == "Event 2 of 3 is something new from the provider: type “hologram”"
        assert await quarantine.replay(conn, [row.id]) == 1
    await until(lambda: house.world.value("SELECT state = 'partly' FROM inbox_journal"))
    assert len(await house.messages()) == 2


async def test_one_bad_sender_holds_nobody_back(house: House) -> None:
    odd = message("b1", "from a shop", **{"from": "SHOPX"})
    late = message("b2", "from the future", timestamp="99999999999999")
    await house.tell(
        messages=[message("w1", "one"), odd, late, message("w2", "two", **{"from": "447700900123"})]
    )
    assert [one["text"] for one in await house.messages()] == ["one", "two"]
    [told] = await house.world.fetch(STATES)
    assert told["state"] == "partly"
    assert told["reason"].startswith(
        "Event 2 of 4 cannot be read: the sender “+SHOPX” is not a telephone number"
    )
    assert told["reason"].endswith("And 1 more events of it.")


async def test_an_advertisement_is_the_source_of_the_lead(house: House) -> None:
    referral = {"source_url": "https://fb.me/x", "source_type": "ad", "source_id": "7", "headline": "Lamps"}
    await house.tell(messages=[message("w1", "Is it there?", referral=referral)])
    [source] = await house.world.fetch("SELECT s.* FROM crm_lead l JOIN crm_source s ON s.id = l.source_id")
    assert source["page"] == "https://fb.me/x"
    assert (source["utm"]["utm_medium"], source["utm"]["utm_campaign"]) == ("ad", "Lamps")


@pytest.mark.parametrize("number", ["5215512345699", "225070012345678", "552187654399", "999123456789012"])
async def test_nobody_is_refused_for_the_shape_of_a_number(house: House, number: str) -> None:
    who = {"profile": {"name": "Somebody"}, "wa_id": number}
    await house.tell(contacts=[who], messages=[message("w1", "hello", **{"from": number})])
    assert await house.states() == ["processed"]
    [one] = await house.messages()
    assert one["text"] == "hello"


async def test_a_reaction_to_what_is_not_here_is_left_out_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.messages.revisions.PATIENCE", timedelta(0))
    felt = {"message_id": "nobody", "emoji": "👍"}
    await house.tell(messages=[message("r1", "", type="reaction", reaction=felt, text=None)])
    assert await house.states() == ["ignored"]
