"""The inbox over HTTP: what each role sees, writing without scripts, files, mail, canned replies."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import quote
from uuid import UUID

import aiohttp
import pytest

from crm_core.users.model import User
from inbox.files import service as files
from tests.site import CSRF, Site, texts

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


@pytest.fixture
async def dara(site: Site) -> User:
    return (await site.world.user("Dara", is_available=False))[0]


@pytest.fixture
async def rith(site: Site) -> User:
    return (await site.world.user("Rith", is_available=False))[0]


async def read(client: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, str]:
    async with client.get(path, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_colleagues_conversation_is_nowhere(site: Site, dara: User, rith: User) -> None:
    secret = await site.conversation("My secret wish", sender="+85512000001", name="Bopha")
    await site.assign(secret, rith)
    message = await site.world.value("SELECT id FROM inbox_message WHERE conversation_id = $1", secret)
    client = await site.client(dara)
    for path in (
        "/inbox?view=all",
        "/inbox?view=waiting",
        "/inbox/rows?view=all&q=secret",
        "/inbox/rows?q=Bopha",
    ):
        status, html = await read(client, path)
        assert status == 200
        assert f'id="c{secret}"' not in html
        assert "secret wish" not in html
    for path in ("", "/messages?before=999999", "/messages?after=0", "/head", "/card", "/summary"):
        assert (await read(client, f"/conversations/{secret}{path}"))[0] == 404, path
    assert (await read(client, f"/messages/{message}/html"))[0] == 404
    for path in (
        "messages",
        "assignment",
        "closure",
        "closure/removal",
        "snooze",
        "unread",
        "reading",
        "card/notes",
        "card/deal",
    ):
        form = {"csrf": CSRF, "text": "x", "until": "later", "user_id": "me"}
        async with client.post(f"/conversations/{secret}/{path}", data=form) as answer:
            assert answer.status == 404, path
    for path in ("cancellation", "retry", "split", "original"):
        async with client.post(f"/messages/{message}/{path}", data={"csrf": CSRF}) as answer:
            assert answer.status == 404, path
    status, html = await read(await site.client(rith), "/inbox?view=all")
    assert "Bopha" in html


async def test_a_forwarded_message_goes_to_its_first_writer(site: Site, dara: User) -> None:
    id_ = await site.conversation("Please answer him", name="Bopha")
    await site.assign(id_, dara)
    by = {"name": "Bo <b>", "address": "bo@buyer.example", "date": "2 Nov 2026", "subject": "Chairs"}
    message = await site.world.value(
        "UPDATE inbox_message SET data = data || jsonb_build_object('forwarded', $2::jsonb) WHERE conversation_id = $1"
        " RETURNING id",
        id_,
        by,
    )
    client = await site.client(dara)
    _, html = await read(client, f"/conversations/{id_}")
    assert "Bo &lt;b&gt; &lt;bo@buyer.example&gt;" in html
    assert f'action="/messages/{message}/original"' in html
    async with client.post(f"/messages/{message}/original", data={"csrf": CSRF}) as answer:
        assert answer.status == 200
        own = int(answer.url.path.rpartition("/")[2])
    assert own != id_
    assert (
        await site.world.value("SELECT handle_value FROM inbox_conversation WHERE id = $1", own)
        == by["address"]
    )


async def test_everything_can_be_done_without_scripts(site: Site, dara: User) -> None:
    id_ = await site.conversation("Do you deliver?", name="Bopha")
    await site.assign(id_, None)
    client = await site.client(dara)
    form = aiohttp.FormData({"csrf": CSRF, "kind": "reply", "text": "Yes,\r\non Friday", "seen": ""})
    form.add_field("file", PNG, filename="photo.png", content_type="image/png")
    async with client.post(f"/conversations/{id_}/messages", data=form) as answer:
        html = await answer.text()
    assert answer.status == 200
    assert "on Friday" in html
    assert 'alt="photo.png"' in html
    rows = await site.world.fetch("SELECT text, user_id FROM inbox_message WHERE direction = 'out'")
    assert rows == [{"text": "Yes,\non Friday", "user_id": dara.id}]
    for path, more, state in (
        ("closure", {}, "closed"),
        ("closure/removal", {}, "open"),
        ("snooze", {"until": "tomorrow"}, "snoozed"),
        ("closure/removal", {}, "open"),
    ):
        async with client.post(f"/conversations/{id_}/{path}", data={"csrf": CSRF} | more) as answer:
            assert answer.status == 200
        assert await site.world.value("SELECT state FROM inbox_conversation WHERE id = $1", id_) == state
    async with client.post(
        f"/conversations/{id_}/snooze", data={"csrf": CSRF, "until": "2020-01-01T10:00"}
    ) as answer:
        assert answer.status == 422


async def test_a_stale_draft_is_not_sent_unless_one_insists(site: Site, dara: User) -> None:
    id_ = await site.conversation("One")
    await site.assign(id_, dara)
    seen = await site.world.value("SELECT max(id) FROM inbox_message")
    await site.conversation("Two, and something important")
    client = await site.client(dara, **{"HX-Request": "true", "X-CSRF-Token": CSRF})
    form = {"kind": "reply", "text": "My answer", "seen": str(seen)}
    async with client.post(f"/conversations/{id_}/messages", data=form) as answer:
        assert answer.status == 409
    assert await site.world.value("SELECT count(*) FROM inbox_message WHERE direction = 'out'") == 0
    async with client.post(f"/conversations/{id_}/messages", data=form | {"force": "1"}) as answer:
        assert answer.status == 200
        html = await answer.text()
    undo = re.search(r'data-undo="(\d+)"', html)
    assert undo
    async with client.post(f"/messages/{undo[1]}/cancellation") as answer:
        assert f'data-live="remove" data-id="m{undo[1]}"' in await answer.text()
    assert await site.world.value("SELECT count(*) FROM inbox_outbox") == 0
    assert site.world.sink.sent == []


async def test_opening_reads_and_can_be_marked_unread(site: Site, dara: User) -> None:
    id_ = await site.conversation("One")
    await site.assign(id_, dara)
    client = await site.client(dara)
    assert "1 unread" in texts((await read(client, "/inbox"))[1])
    await read(client, f"/conversations/{id_}")
    assert "1 unread" not in texts((await read(client, "/inbox"))[1])
    async with client.post(f"/conversations/{id_}/unread", data={"csrf": CSRF}):
        pass
    assert await site.world.value("SELECT unread > 0 FROM inbox_conversation WHERE id = $1", id_)


async def test_what_a_browser_says_of_its_page_breaks_nothing(site: Site, dara: User) -> None:
    id_ = await site.conversation("One")
    await site.assign(id_, dara)
    client = await site.client(dara)
    shown = {
        f"{site.url}/inbox?view=waiting": "/inbox?view=waiting",
        "http://[": "/inbox?view=mine",
        "http://x:99999/?view=all": "/inbox?view=mine",
        "?view=https://evil.example": "/inbox?view=mine",
        "": "/inbox?view=mine",
    }
    for address, target in shown.items():
        for name in ("HX-Current-URL", "Referer"):
            async with client.post(
                f"/conversations/{id_}/unread",
                data={"csrf": CSRF},
                headers={name: address},
                allow_redirects=False,
            ) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, target), (name, address)


async def test_a_key_that_cannot_be_kept_is_refused(site: Site, dara: User) -> None:
    id_ = await site.conversation("One")
    await site.assign(id_, dara)
    client = await site.client(dara)
    for key in ("a\0b", "\0", "a\x7f", "k" * 65, "ключ"):
        form = {"csrf": CSRF, "kind": "reply", "text": "Yes", "key": key, "force": "1"}
        async with client.post(f"/conversations/{id_}/messages", data=form) as answer:
            assert answer.status == 422, repr(key)
    assert await site.world.value("SELECT count(*) FROM inbox_message WHERE text = 'Yes'") == 0


async def test_the_list_goes_on_where_it_ended(site: Site, dara: User) -> None:
    for n in range(45):
        assert await site.world.post(sender=f"+855120001{n:02}", text=f"Hello {n:02}") == 200
    await site.world.settled()
    await site.world.fetch("UPDATE inbox_conversation SET assignee_id = $1", dara.id)
    client = await site.client(dara)
    _, first = await read(client, "/inbox?view=mine")
    following = re.search(r'hx-get="(/inbox/rows\?[^"]+)"', first)
    assert following
    _, second = await read(client, following[1].replace("&amp;", "&"))
    ids = [re.findall(r'id="c(\d+)"', html) for html in (first, second)]
    assert (len(ids[0]), len(ids[1])) == (40, 5)
    assert len({*ids[0], *ids[1]}) == 45


async def upload(site: Site, user: User, name: str, mime: str, content: bytes) -> UUID:
    async with site.world.pool.acquire() as conn:
        return await files.upload(conn, user_id=user.id, name=name, mime=mime, content=content)


@pytest.mark.parametrize(
    ("mime", "is_inline"),
    [
        ("image/png", True),
        ("audio/mpeg", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("application/pdf", False),
    ],
)
async def test_files_cannot_run_in_our_pages(
    site: Site, dara: User, rith: User, mime: str, is_inline: bool
) -> None:
    content = b"<script>alert(1)</script>" * 10
    id_ = await upload(site, dara, 'a"\r\nX-Evil: 1.svg', mime, content)
    client = await site.client(dara)
    async with client.get(f"/attachments/{id_}") as answer:
        assert answer.status == 200
        assert await answer.read() == content
        assert answer.headers["Content-Type"] == (mime if is_inline else "application/octet-stream")
        assert answer.headers["Content-Disposition"].startswith("inline" if is_inline else "attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Evil" not in answer.headers
    async with (await site.client(rith)).get(f"/attachments/{id_}") as answer:
        assert answer.status == 404
    async with client.get("/attachments/not-a-uuid") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=8-", 206, b"89"),
        ("bytes=-2", 206, b"89"),
        ("bytes=5-99", 206, b"56789"),
        ("bytes=99-", 416, b""),
        ("bytes=x", 416, b""),
    ],
)
async def test_a_recording_is_served_in_parts(
    site: Site, dara: User, asked: str, status: int, content: bytes
) -> None:
    id_ = await upload(site, dara, "call.mp3", "audio/mpeg", b"0123456789")
    client = await site.client(dara)
    async with client.get(f"/attachments/{id_}", headers={"Range": asked}) as answer:
        assert answer.status == status
        if status == 206:
            assert await answer.read() == content


async def test_uploads_have_their_limits(site: Site, dara: User) -> None:
    client = await site.client(dara, **{"HX-Request": "true", "X-CSRF-Token": CSRF})
    for content, status in ((b"", 422), (b"x" * 1000, 200), (b"x" * (26 * 1024 * 1024), 422)):
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename="a.txt")
        async with client.post("/attachments", data=form) as answer:
            assert answer.status == status, len(content)
    async with client.post("/conversations/1/messages", data={"attachment": "not-a-uuid"}) as answer:
        assert answer.status == 422


async def test_the_frame_of_a_mail_may_do_nothing(site: Site, dara: User) -> None:
    id_ = await site.conversation("Hello")
    await site.assign(id_, dara)
    html = '<p>Hi</p><script>alert(1)</script><img src="https://tracker.example/p.gif">'
    message = await site.world.value("UPDATE inbox_message SET html = $1 RETURNING id", html)
    client = await site.client(dara)
    async with client.get(f"/messages/{message}/html") as answer:
        policy, body = answer.headers["Content-Security-Policy"], await answer.text()
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "img-src data:;" in policy
    assert "script" not in body
    assert "tracker.example" not in body
    async with client.get(f"/messages/{message}/html?images=1") as answer:
        assert "tracker.example" in await answer.text()


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


async def test_a_key_of_another_message_says_so_and_stores_nothing(site: Site, dara: User) -> None:
    one = await site.conversation("One", sender="+85512000001")
    two = await site.conversation("Two", sender="+85512000002")
    client = await site.client(dara)
    count = "SELECT count(*) FROM inbox_message WHERE direction IN ('out', 'note')"

    async def say(id_: int, kind: str = "reply") -> tuple[int, str]:
        data = {"csrf": CSRF, "text": "Hello", "kind": kind, "key": "abc"}
        async with client.post(
            f"/conversations/{id_}/messages", data=data, headers={"HX-Request": "true"}
        ) as answer:
            return answer.status, texts(await answer.text())

    assert (await say(one))[0] == 200
    assert (await say(one))[0] == 200
    assert await site.world.value(count) == 1
    for id_, kind in ((two, "reply"), (one, "note"), (two, "note")):
        status, said = await say(id_, kind)
        assert status == 422
        assert "This key belongs to another message; nothing was sent." in said
    assert await site.world.value(count) == 1


async def test_a_number_is_found_however_it_is_written(site: Site, dara: User) -> None:
    plain = await site.conversation("One", sender="+85512345678")
    moved = await site.conversation("Two", sender="+5215512345678")
    client = await site.client(dara)
    for id_, typed in (
        *(
            (plain, text)
            for text in ("12345678", "+855 12 345 678", "012 345 678", "(12) 345-678", "345 678")
        ),
        *((moved, text) for text in ("+52 55 1234 5678", "+52 1 55 1234 5678", "5512345678")),
    ):
        _, html = await read(client, f"/inbox/rows?view=all&q={quote(typed)}")
        assert f'id="c{id_}"' in html, typed
