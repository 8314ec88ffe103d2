"""The form over HTTP: hosted, embedded, and a page that posts without scripts."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from tests.servers.site import Site


async def test_hosted_form_without_scripts(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel(
        "form",
        "webform",
        min_seconds=0,
        consent="I agree.",
        fields="name: Name *\nemail: Email *\nsize [choice: S, M]: Size\nmessage: Message\nfiles: Files",
    )
    async with http.get("/form/form?lang=ru&name=<b>Sok") as answer:
        page = await answer.text()
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert 'lang="ru"' in page
    assert "<b>Sok" not in page
    assert "&lt;b&gt;Sok" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    form = aiohttp.FormData(
        {**hidden, "name": "Sok", "email": "sok@x.example", "size": "M", "message": "hi", "contact_url": ""}
    )
    form.add_field("files", b"plan", filename="plan.txt")
    browser = {"Accept": "text/html,*/*", "Origin": site.hub, "Referer": f"{site.hub}/form/form"}
    async with http.post("/in/form", data=form, headers=browser, allow_redirects=False) as answer:
        assert answer.status == 422
        page = await answer.text()
        assert "Поставьте галочку, если согласны." in page
        assert 'value="sok@x.example"' in page
        assert "<option selected>M</option>" in page
    assert await site.rows("SELECT 1 FROM inbox_journal") == []
    form = aiohttp.FormData(
        {**hidden, "name": "Sok", "email": "sok@x.example", "size": "M", "consent": "yes"}
    )
    form.add_field("files", b"plan", filename="plan.txt")
    async with http.post("/in/form", data=form, headers=browser) as answer:
        assert answer.status == 200
        assert answer.url.path == "/form/form/thanks"
        assert "Спасибо" in await answer.text()
    [message] = await site.messages(1)
    assert message["data"]["fields"]["Size"] == "M"
    assert message["data"]["fields"]["consent"].startswith("I agree. (")
    [file] = await site.rows("SELECT name, size FROM inbox_attachment")
    assert (file["name"], file["size"]) == ("plan.txt", 4)


async def test_the_same_entry_five_times_at_once(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform")

    async def send() -> int:
        body = {"email": "a@b.example", "message": "hi"}
        async with http.post("/in/form", json=body, headers={"Idempotency-Key": "once"}) as answer:
            return (await answer.json())["id"]

    assert len(set(await asyncio.gather(*(send() for _ in range(5))))) == 1
    assert len(await site.messages(1)) == 1


async def test_a_visitor_of_the_form_and_the_chat_is_one_person(
    site: Site, http: aiohttp.ClientSession
) -> None:
    await site.channel("form", "webform", min_seconds=0)
    await site.channel("chat", "sitechat")
    async with http.post("/form/form/session", data="{}") as answer:
        told = await answer.json()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    entry = {"email": "a@b.example", "message": "hi", "_visitor": told["token"], "_started": told["started"]}
    async with http.post("/in/form", json=entry) as answer:
        assert answer.status == 200
    await site.messages(1)
    async with http.post("/chat/chat/session", json={"visitor": told["visitor"]}) as answer:
        token = (await answer.json())["token"]
    async with http.post("/in/chat", json={"token": token, "id": "1", "text": "me again"}) as answer:
        assert answer.status == 200
    await site.messages(2)
    query = "SELECT DISTINCT p.root_id FROM inbox_conversation c JOIN crm_contact p ON p.id = c.contact_id"
    assert len(await site.rows(query)) == 1


async def test_attribution_reaches_the_lead(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform")
    entry = {
        "email": "a@b.example",
        "message": "hi",
        "utm_source": "news",
        "page": "https://shop.example/contact",
    }
    async with http.post("/in/form", json=entry) as answer:
        assert answer.status == 200
    await site.messages(1)
    [lead] = await site.rows("SELECT s.utm, s.page FROM crm_lead l JOIN crm_source s ON s.id = l.source_id")
    assert lead["utm"] == {"utm_source": "news"}
    assert lead["page"] == "https://shop.example/contact"


async def test_what_cannot_be_read_waits_in_quarantine(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform")
    async with http.post(
        "/in/form", data=b'{"email"', headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400
    rows = await site.rows("SELECT state, body FROM inbox_journal")
    while rows[0]["state"] == "pending":
        await asyncio.sleep(0.02)
        rows = await site.rows("SELECT state, body FROM inbox_journal")
    assert (rows[0]["state"], rows[0]["body"]) == ("quarantined", b'{"email"')


async def test_the_form_speaks_to_the_visitor(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform", language="ru")
    for asked, expected in (("km-KH,km;q=0.9", "km"), ("fr-FR,en;q=0.8", "en"), ("fr", "ru"), ("", "ru")):
        async with http.get("/form/form", headers={"Accept-Language": asked}) as answer:
            assert f'<html lang="{expected}"' in await answer.text(), asked
    async with http.get("/form/form?lang=ru", headers={"Accept-Language": "km"}) as answer:
        page = await answer.text()
    assert '<html lang="ru"' in page
    assert "Свяжитесь с нами" in page
    assert ">Form<" not in page, "the channel's own name is ours alone"


async def test_the_form_says_that_one_of_two_addresses_is_needed(
    site: Site, http: aiohttp.ClientSession
) -> None:
    await site.channel("form", "webform")
    async with http.get("/form/form") as answer:
        page = await answer.text()
    assert page.count("Email or phone: one of the two is needed.") == 2
    await site.channel("strict", "webform", fields="email: Email *\nphone: Phone\nmessage: Message")
    async with http.get("/form/strict") as answer:
        assert "one of the two" not in await answer.text()


async def test_one_id_with_other_words_is_another_entry(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform")

    async def send(email: str, text: str, **headers: str) -> int:
        body = {"id": "42", "name": "P", "email": email, "message": text}
        async with http.post("/in/form", data=body, headers=headers) as answer:
            assert answer.status == 200
            return (await answer.json())["id"]

    first = [
        await send("one@x.example", "First"),
        await send("two@x.example", "Second"),
        await send("two@x.example", "Third"),
    ]
    assert len(set(first)) == 3
    again = await asyncio.gather(*(send("two@x.example", "Second") for _ in range(5)))
    assert set(again) == {first[1]}
    header = {"Idempotency-Key": "k"}
    assert await send("one@x.example", "First", **header) != await send("one@x.example", "Fourth", **header)
    found = await site.messages(5)
    assert sorted(row["text"] for row in found) == ["First", "First", "Fourth", "Second", "Third"]


async def test_what_says_nothing_waits_in_quarantine(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("form", "webform")
    kinds = ("application/json", "application/xml", "application/x-www-form-urlencoded; charset=punycode")
    for kind in kinds:
        async with http.post("/in/form", data=b"<a>{", headers={"Content-Type": kind}) as answer:
            await answer.read()
    rows = await site.rows("SELECT body FROM inbox_journal")
    assert [bytes(row["body"]) for row in rows] == [b"<a>{"] * 3
