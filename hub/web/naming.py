"""What people without a name are called: never the inner id of a browser or of a messenger."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Protocol

from crm_core.contacts.model import Contact, Handle
from crm_core.deals.titles import request_of
from hub.web.formats import month_day, person, phone, when
from hub.wording.i18n import gettext
from inbox.calls.outside import WITHHELD_NAME

NUMBER: Final = re.compile(r"\+\d{6,15}", re.ASCII)
VISITOR: Final = re.compile(r"(?:a-[\w-]{10,60}|u-\d{1,12}-[\w@.%~-]{1,200}|entry-[0-9a-f]{24})", re.ASCII)
READABLE: Final = frozenset({"email", "extension", "phone"})
"""Kinds of handles whose values people read and dial themselves."""


class _Row(Protocol):
    """A line of the list of conversations."""

    @property
    def contact_name(self) -> str: ...
    @property
    def handle_kind(self) -> str: ...
    @property
    def handle_value(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


def who(row: _Row) -> str:
    """Whose conversation it is: the name, else what the address tells."""
    return person(row.contact_name) or called_by(row.handle_kind, row.handle_value, row.since)


def known_as(contact: Contact) -> str:
    """What a contact is called: the name, else an address that people read, else where it came from."""
    if contact.name:
        return person(contact.name)
    readable = next((handle for handle in contact.handles if handle.kind in READABLE), None)
    first = readable or next(iter(contact.handles), None)
    return called_by(first.kind, first.value, contact.created_at) if first else f"#{contact.id}"


def called_by(kind: str, value: str, since: datetime | None = None) -> str:
    """Somebody without a name, by a handle and the time when they came."""
    if kind == "visitor":
        return gettext("Visitor · {time}").format(time=when(since)) if since else gettext("Website visitor")
    if kind == "anonymous":
        return gettext(WITHHELD_NAME)
    if kind == "phone":
        return phone(value)
    return value if kind in READABLE or value.startswith("@") else messenger(kind)


def readable(value: str) -> str:
    """A name or title that may be nothing but the id of a browser, a telephone number, or somebody's request of a day."""
    if found := request_of(value):
        return gettext("Request of {name}, {date}").format(name=readable(found[0]), date=month_day(found[1]))
    if NUMBER.fullmatch(value):
        return phone(value)
    return gettext("Website visitor") if VISITOR.fullmatch(value) else person(value)


def address(handle: Handle) -> str:
    """A handle as the card shows it; a messenger's user name before its number, no inner id of a browser."""
    if handle.kind == "visitor":
        return gettext("Website visitor")
    if handle.kind == "anonymous":
        return gettext(WITHHELD_NAME)
    return handle.raw if handle.raw.startswith("@") else handle.value


def messenger(kind: str) -> str:
    """The name of a messenger, which no language translates."""
    return {"whatsapp": "WhatsApp", "vk": "VK"}.get(kind, kind.replace("_", " ").title())


FILTERS: Final = {"who": who, "known_as": known_as, "readable": readable, "address": address}
