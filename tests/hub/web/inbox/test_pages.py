"""The inbox over HTTP: what each role sees, writing without scripts, the list."""

from __future__ import annotations

import re
from urllib.parse import quote

import aiohttp

from crm_core.users.model import User
from tests.hub.web.inbox.conftest import read
from tests.site import CSRF, Site, texts

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


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
