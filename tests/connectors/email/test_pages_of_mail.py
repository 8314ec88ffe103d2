"""The page of a conversation opens whatever a mail's checks, bounces and forwards tell or leave out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.web.render import ENV
from hub.wording.i18n import locale_context, use_locale
from inbox.views.model import Message
from tests.connectors.email.door import LETTERS, Door, letter, open_door
from tests.site import open_site
from tests.world import close_world, open_world

PAGE = b"From: Nina <nina@customer.example>\r\nTo: hub@localhost\r\nSubject: A question\r\n\r\nIs the lamp there?\r\n"


@pytest.fixture
async def door(db_url: str, redis_url: str) -> AsyncIterator[Door]:
    world = await open_world(db_url, redis_url, bot=False)
    yield await open_door(world)
    await close_world(world)


async def test_every_kept_letter_has_a_page(door: Door) -> None:
    mails = [letter(path.stem) for path in sorted(LETTERS.glob("*.eml"))]
    for n, field in enumerate(
        (
            b"Received-SPF: pass receiver=mx; envelope-from=nina@customer.example",
            b"Authentication-Results: mx; dkim=pass header.d=customer.example",
            b"Authentication-Results: mx; dmarc=fail",
            b"Authentication-Results: mx; compauth=fail",
        )
    ):
        mails.append(field + f"\r\nMessage-ID: <p{n}@x.example>\r\n".encode() + PAGE)
    await door.take_together(mails)
    boss, _ = await door.world.user("Boss", role="admin")
    async with open_site(door.world) as site:
        client = await site.client(boss)
        for row in await door.world.fetch("SELECT id FROM inbox_conversation ORDER BY id"):
            async with client.get(f"{site.url}/conversations/{row['id']}") as answer:
                assert answer.status == 200, row


FULL: dict[str, Any] = {
    "why": "It begins a conversation.",
    "machine": "bounce",
    "proof": {"by": "mx", "dmarc": "fail", "spf": "pass", "domain": "x.example"},
    "forged": True,
    "forwarded": {
        "name": "Nina",
        "address": "nina@x.example",
        "date": "today",
        "subject": "Lamp",
        "through": "Tom",
    },
    "copies": ["a@x.example"],
    "blind_copies": ["b@x.example"],
    "answer_to": ["c@x.example"],
    "fields": {"Colour": "blue"},
    "from": "Nina <nina@x.example>",
    "change": {"state": "failed", "what": "delete", "reason": "gone"},
    "deleted": "2026-01-01",
    "edited": "2026-01-01",
    "outcome": "answered",
    "state": "ended",
    "duration": 5,
    "user": "101",
    "number": "+85512345678",
    "note": "note",
    "outbound": True,
}


def thinned(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The data as it is, without each of its values, and without each value inside one."""
    yield data
    yield {}
    for name, value in data.items():
        yield {key: kept for key, kept in data.items() if key != name}
        yield {name: value}
        if isinstance(value, dict):
            for inner in value:  # type: ignore[reportUnknownVariableType] - any name
                less = deepcopy(data)
                del less[name][inner]
                yield less


@pytest.mark.parametrize(
    ("direction", "author"),
    [("in", "person"), ("in", "machine"), ("out", "user"), ("call", "person"), ("note", "user")],
)
def test_a_message_is_drawn_whatever_is_left_out(direction: str, author: str) -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    bare = Message(
        id=1,
        conversation_id=1,
        direction=direction,
        author=author,
        user_id=None,
        user_name="",
        at=now,
        created_at=now,
        subject="Lamp",
        text="Hello",
        has_html=True,
        history="old",
        data={},
        delivery="failed",
        delivery_reason="",
        undo_until=None,
        subject_before=None,
        channel_id=1,
    )
    draw = ENV.get_template("inbox/message.html").module.message  # type: ignore[attr-defined] - a macro
    with use_locale(locale_context("en")):
        for data in thinned(FULL):
            assert 'id="m1"' in draw(replace(bare, data=data))
