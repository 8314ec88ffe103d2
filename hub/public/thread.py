"""A visitor's thread as the widget sees it, over the ids a visitor has, with links to its files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

from connectors.contract import ChannelConfig
from connectors.sitechat.render import Shown, ShownFile
from connectors.webform.tokens import sign, unsign
from connectors.webform.visitor import Visitor
from crm_core.sql import Conn
from inbox.channels.model import LiveChannel
from inbox.files.model import FileRow
from inbox.views import queries
from inbox.views.model import VisitorMessage

PURPOSE: Final = "chat-file"
PAGE: Final = 200
LINK_DAYS: Final = 3
PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")


async def read(conn: Conn, channel: LiveChannel, visitor: Visitor, *, after: int) -> list[Shown]:
    """What stands after a message, oldest first, a page at most."""
    rows: list[VisitorMessage] = []
    for value in visitor.ids:
        rows += await queries.visitor_thread(conn, channel.id, value, after_id=after, limit=PAGE)
    rows.sort(key=lambda row: row.id)
    return [shown(row, channel.config) for row in rows[:PAGE]]


def shown(row: VisitorMessage, channel: ChannelConfig) -> Shown:
    """One message with signed links."""
    return Shown(
        id=row.id,
        is_mine=row.direction == "in",
        author=row.author,
        name=row.author_name,
        text=row.text,
        at=row.at,
        ref=row.external_id,
        delivery=row.delivery,
        buttons=row.buttons,
        files=tuple(_file(file, channel) for file in row.files),
    )


def may_open(channel: ChannelConfig, file_id: UUID, key: str) -> bool:
    """Whether a link's key is for this file and not too old."""
    data = unsign(channel.secret, PURPOSE, key)
    return bool(data) and data.get("f") == file_id.hex and 0 <= _day() - int(data.get("d") or 0) < LINK_DAYS


def _file(file: FileRow, channel: ChannelConfig) -> ShownFile:
    if not file.is_here:
        return ShownFile(name=file.name, size=file.size, url="", note=file.note)
    key = sign(channel.secret, PURPOSE, {"f": file.id.hex, "d": _day()})
    return ShownFile(
        name=file.name,
        size=file.size,
        url=f"/chat/{channel.slug}/files/{file.id}/{quote(file.name, safe='')}?key={key}",
        is_picture=file.mime in PICTURES,
    )


def _day() -> int:
    return int(datetime.now(UTC).timestamp()) // 86400
