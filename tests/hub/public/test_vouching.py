"""A typed address takes over nobody: neither the contact of whoever has it, nor what the house knows of them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.hub.public.test_chat import session, write
from tests.servers.site import Site
from tests.world import until

VICTIM = {
    "name": "Victoria Lane",
    "email": "v@lane-fx.example",
    "phone": "+85512345670",
    "message": "Where is my order?",
}


@pytest.fixture
async def shop(site: Site) -> Site:
    await site.channel("form", "webform", bot=True)
    await site.channel("chat", "sitechat", bot=True)
    return site


async def fill_in(http: aiohttp.ClientSession, **fields: Any) -> None:
    async with http.post("/in/form", json=fields) as answer:
        assert answer.status == 200, await answer.text()


async def form_token(http: aiohttp.ClientSession) -> str:
    async with http.post("/form/form/session", json={}) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["token"]


async def contact_of(site: Site, text: str) -> int:
    """The contact of the conversation with this message."""
    query = """
        SELECT c.contact_id FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
         WHERE m.text = $1 AND m.direction = 'in'"""
    return (await until(lambda: site.rows(query, text)))[0]["contact_id"]


async def bot_texts(site: Site, after: str) -> str:
    """What the bot said in the conversation of this message, once it has said something after it."""
    query = """
        SELECT string_agg(b.text, ' | ') AS said FROM inbox_message m
          JOIN inbox_message b ON b.conversation_id = m.conversation_id AND b.author = 'bot'
         WHERE m.text = $1 HAVING max(b.id) > max(m.id)"""
    return (await until(lambda: site.rows(query, after)))[0]["said"]


async def test_a_chat_s_offline_form_takes_no_contact_over(shop: Site, http: aiohttp.ClientSession) -> None:
    await fill_in(http, **VICTIM)
    victim = await contact_of(shop, VICTIM["message"])
    token = (await session(http))["token"]
    assert await write(http, token, "let me in", kind="form", email=VICTIM["email"]) == 200
    attacker = await contact_of(shop, "let me in")
    assert await write(http, token, "hello") == 200
    assert await contact_of(shop, "hello") == attacker != victim
    assert "Victoria" not in await bot_texts(shop, "hello")
    pairs = await shop.rows("SELECT contact_id, other_id FROM crm_suggestion WHERE state = 'open'")
    assert [{*pair.values()} for pair in pairs] == [{victim, attacker}]


async def test_a_form_with_the_writer_s_own_token_takes_none_over(
    shop: Site, http: aiohttp.ClientSession
) -> None:
    await fill_in(http, **VICTIM)
    victim = await contact_of(shop, VICTIM["message"])
    token = await form_token(http)
    await fill_in(http, email=VICTIM["email"], message="it is me", _visitor=token)
    attacker = await contact_of(shop, "it is me")
    assert attacker != victim
    assert (await shop.rows("SELECT name FROM crm_contact WHERE id = $1", attacker))[0]["name"] == ""


async def test_a_victim_s_later_form_does_not_come_to_who_typed_the_address_before(
    shop: Site, http: aiohttp.ClientSession
) -> None:
    token = (await session(http))["token"]
    await write(http, token, "early bird", kind="form", email=VICTIM["email"])
    attacker = await contact_of(shop, "early bird")
    await fill_in(http, **VICTIM)
    assert await contact_of(shop, VICTIM["message"]) != attacker
    await write(http, token, "who am I")
    assert "Victoria" not in await bot_texts(shop, "who am I")


async def test_a_typed_phone_and_another_browser_are_no_proof(
    shop: Site, http: aiohttp.ClientSession
) -> None:
    own = await form_token(http)
    await fill_in(http, name="Victoria Lane", phone=VICTIM["phone"], message="call me", _visitor=own)
    victim = await contact_of(shop, "call me")
    other = await form_token(http)
    await fill_in(http, phone=VICTIM["phone"], message="me too", _visitor=other)
    assert await contact_of(shop, "me too") != victim
    await fill_in(http, phone=VICTIM["phone"], message="and me")
    assert await contact_of(shop, "and me") != victim


async def test_who_comes_back_with_the_same_browser_is_known(shop: Site, http: aiohttp.ClientSession) -> None:
    token = (await session(http))["token"]
    await write(http, token, "first", kind="form", name="Victoria Lane", email=VICTIM["email"])
    first = await contact_of(shop, "first")
    await write(http, token, "second")
    assert await contact_of(shop, "second") == first
    assert "Victoria" in await bot_texts(shop, "second")
