"""What the demo world needs in the hub: two managers, canned replies and the channels to its servers; harmless to repeat."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.contract import Registry
from crm_core.sql import Conn
from crm_core.users import service as users
from inbox.canned import service as canned
from inbox.channels import service as channels
from inbox.channels.model import Cipher
from values.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """A channel of the demo world."""

    slug: str
    name: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    region: str = "KH"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A manager of the demo shop; `extension` is their desk's phone."""

    email: str
    name: str
    language: str
    extension: str


MANAGERS = (
    Manager(email="maly@demo.localhost", name="Maly", language="km", extension="101"),
    Manager(email="viktor@demo.localhost", name="Viktor", language="ru", extension="102"),
)

FORM = "form"
MAILBOX = "demo-mail"
PHONE = "demo-phone"

CANNED = (
    (
        "price",
        "Price list",
        "Hello {name}, here is our price list: city bikes from 240, mountain bikes from 390.",
        "en",
    ),
    ("hours", "Opening hours", "We are open from 8:00 to 18:00, Monday to Saturday.", "en"),
    ("price", "Цены", "Здравствуйте, {name}! Городские велосипеды от 240, горные от 390.", "ru"),
    ("hours", "Часы работы", "Мы работаем с 8:00 до 18:00, с понедельника по субботу.", "ru"),
    ("price", "តម្លៃ", "សួស្តី {name}! កង់ទីក្រុងចាប់ពី ២៤០ កង់ភ្នំចាប់ពី ៣៩០។", "km"),
    ("hours", "ម៉ោងបើក", "យើងបើកពីម៉ោង ៨ ដល់ ១៨ ថ្ងៃចន្ទ ដល់ ថ្ងៃសៅរ៍។", "km"),
)


async def furnish(conn: Conn, registry: Registry, cipher: Cipher, wanted: Sequence[Furnished]) -> None:
    """Make what is missing; channels get the servers' addresses of today."""
    await _hire(conn)
    await _write_canned(conn)
    for channel in wanted:
        if channel.connector in registry:
            await _connect(conn, registry, cipher, channel)
    await _answer_forms_by_mail(conn, registry, cipher)


async def _hire(conn: Conn) -> None:
    known = {user.email for user in await users.list_users(conn)}
    for manager in MANAGERS:
        if manager.email in known:
            continue
        made = await users.create(
            conn,
            email=manager.email,
            name=manager.name,
            role="manager",
            language=manager.language,
            extension=manager.extension,
        )
        await users.set_available(conn, made.id, True)


async def _write_canned(conn: Conn) -> None:
    for shortcut, title, text, language in CANNED:
        try:
            await canned.save(conn, None, shortcut=shortcut, title=title, text=text, language=language)
        except Conflict:
            continue  # from the last time, perhaps changed by a manager since


async def _connect(conn: Conn, registry: Registry, cipher: Cipher, channel: Furnished) -> None:
    try:
        await channels.update(
            conn, registry, cipher, channel.slug, settings=channel.settings, whole=True, is_own=True
        )
    except NotFound:
        await channels.create(
            conn,
            registry,
            cipher,
            slug=channel.slug,
            name=channel.name,
            connector=channel.connector,
            settings=channel.settings,
            region=channel.region,
            language=channel.language,
        )


async def _answer_forms_by_mail(conn: Conn, registry: Registry, cipher: Cipher) -> None:
    """Who filled in the form is answered from the demo mailbox, unless somebody chose another channel."""
    with contextlib.suppress(NotFound):
        form = await channels.get(conn, FORM)
        if not form.settings.get("reply_channel"):
            await channels.update(conn, registry, cipher, FORM, settings={"reply_channel": MAILBOX})
