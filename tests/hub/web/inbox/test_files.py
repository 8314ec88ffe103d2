"""Files over HTTP: none runs in our pages, a recording is served in parts, uploads have their limits."""

from __future__ import annotations

import io
from uuid import UUID

import aiohttp
import pytest

from crm_core.users.model import User
from inbox.files import service as files
from tests.site import CSRF, Site


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
