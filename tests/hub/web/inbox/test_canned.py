"""Canned replies over HTTP: one's own or everybody's, found by their texts."""

from __future__ import annotations

import re
from html import unescape

from crm_core.users.model import User
from tests.hub.web.inbox.conftest import read
from tests.site import CSRF, Site, texts


async def test_canned_replies_are_ones_own_or_everybodys(site: Site, dara: User, rith: User) -> None:
    mine, his = await site.client(dara), await site.client(rith)
    form = {"csrf": CSRF, "shortcut": "/price", "title": "Prices", "text": "From {name}"}
    async with mine.post("/canned", data=form) as answer:
        assert answer.status == 200
    async with his.post("/canned", data=form | {"is_shared": "1", "shortcut": "Preis"}) as answer:
        assert answer.status == 200
    assert "/price" in (await read(mine, "/inbox/canned?q=pri"))[1]
    assert "/price" not in (await read(his, "/inbox/canned?q=pri"))[1]
    assert "/Preis" in (await read(mine, "/inbox/canned?q=PRE"))[1]
    async with mine.post("/canned", data=form) as answer:
        assert answer.status == 422
        assert "taken" in texts(await answer.text())
    async with mine.post("/canned", data=form | {"shortcut": "two words"}) as answer:
        assert answer.status == 422
    own = await site.world.value("SELECT id FROM inbox_canned WHERE shortcut = 'price'")
    for path in (f"/canned/{own}", f"/canned/{own}/removal"):
        async with his.post(path, data=form | {"text": "stolen"}):
            pass
    assert await site.world.value("SELECT text FROM inbox_canned WHERE id = $1", own) == "From {name}"


async def test_canned_replies_are_found_by_their_texts_the_customers_language_first(
    site: Site, dara: User
) -> None:
    client = await site.client(dara)
    replies = (
        ("price", "Prices", "Hello {name}, a bike is {amount}.", "en"),
        ("price", "Цены", "Здравствуйте, {name}! Велосипед стоит 240.", "ru"),
        ("hours", "Часы", "Мы работаем до шести.", "ru"),
        ("bye", "Bye", "Thank you, {me}", ""),
    )
    for shortcut, title, text, language in replies:
        form = {"csrf": CSRF, "shortcut": shortcut, "title": title, "text": text, "language": language}
        async with client.post("/canned", data=form) as answer:
            assert answer.status == 200
    id_ = await site.conversation("Сколько стоит велосипед?", name="Анна")
    await site.world.fetch("UPDATE inbox_conversation SET language = 'ru' WHERE id = $1", id_)

    async def found(query: str) -> list[str]:
        _, html = await read(client, f"/inbox/canned?conversation={id_}&q={query}")
        return [unescape(text) for text in re.findall(r'data-text="([^"]*)"', html)]

    russian, english = "Здравствуйте, Анна! Велосипед стоит 240.", "Hello Анна, a bike is {amount}."
    everything = await found("")
    assert set(everything[:3]) == {russian, "Мы работаем до шести.", "Thank you, Dara"}
    assert everything[3:] == [english]
    assert await found("pri") == [russian, english]
    assert await found("ВЕЛОСИПЕД") == [russian]
    assert await found("шести") == ["Мы работаем до шести."]
    assert await found("nothing") == []
    empty = (await read(client, f"/inbox/canned?conversation={id_}&q=nothing"))[1]
    assert "No canned reply matches." in empty
    assert 'href="/canned?shortcut=nothing"' in empty
    assert 'value="nothing"' in (await read(client, "/canned?shortcut=nothing"))[1]
    await site.world.fetch("DELETE FROM inbox_canned")
    assert "No canned replies yet" in (await read(client, "/inbox/canned?q="))[1]
