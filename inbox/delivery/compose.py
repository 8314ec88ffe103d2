"""From a claimed outbox row to the message a connector sends."""

from __future__ import annotations

from typing import Any

from connectors.contract import Button, Handle, Outbound, OutboundFile
from crm_core.sql import Conn
from inbox.channels.model import LiveChannel
from inbox.delivery import store
from inbox.files import store as files


async def compose(conn: Conn, row: dict[str, Any], *, channel: LiveChannel) -> Outbound:
    """Everything the connector needs; files that are too large for the channel are left to `too_large`."""
    abilities = channel.connector.spec.abilities
    references = (
        await store.references(conn, row["conversation_id"], row["message_id"]) if abilities.subject else []
    )
    contents = await files.contents(conn, row["message_id"]) if row["has_files"] else []
    data: dict[str, Any] = row["data"]
    return Outbound(
        delivery_id=str(row["id"]),
        to=Handle(kind=row["handle_kind"], value=row["handle_value"]),
        text=row["text"],
        html=row["html"],
        subject=row["subject"] or row["conversation_subject"],
        thread=row["thread"],
        to_name=row["to_name"],
        sender_name=row["sender_name"] or "",
        references=tuple(references),
        files=tuple(
            OutboundFile(name=file["name"], mime=file["mime"], content=bytes(file["content"]))
            for file in contents
            if len(file["content"]) <= abilities.file_limit
        ),
        buttons=tuple(Button(**button) for button in data.get("buttons", ())),
        by_bot=row["by_bot"],
    )
