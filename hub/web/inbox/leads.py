"""What pages are told of who leads a conversation: a notice for whom a change concerns, a bar where it was lost."""

from __future__ import annotations

from datetime import datetime

from hub.web.client import Batch, Client
from hub.web.formats import now
from hub.web.render import text
from inbox.changes import Change
from inbox.conversations.visibility import sees
from inbox.views.model import ConversationRow


def told(client: Client, batch: Batch, change: Change) -> str:
    """A notice with the name and an undo, for whoever lost or got a conversation by somebody else's act."""
    row, data = batch.rows.get(change.conversation_id or 0), change.data
    if row is None:
        return ""
    values: dict[str, object] = {
        "row": row,
        "csrf": client.csrf,
        "name": data.get("by_name", ""),
        "act": data.get("act", ""),
    }
    if data.get("asked_by"):
        return _asked(client, change, values) if change.assignee_id == client.user.id else ""
    lost, got = change.previous_assignee_id, change.assignee_id
    if lost == got or "by" not in data or data["by"] == client.user.id:
        return ""
    if client.user.id not in (lost, got):
        return ""
    return text("inbox/pushed_lead.html", what="lost" if client.user.id == lost else "got", **values)


def of_open_page(client: Client, batch: Batch) -> str:
    """A page whose conversation was taken away is for reading only, and says who took it; given back, it goes on."""
    row = batch.rows.get(client.open_id or 0)
    if row is None:
        return ""
    may_see = sees(client.viewer, row.assignee_id)
    if may_see != client.is_lost:
        return ""
    client.is_lost = not may_see
    by = next(
        (
            str(c.data["by_name"])
            for c in batch.changes
            if c.conversation_id == row.id and c.data.get("by_name")
        ),
        "",
    )
    return taken(row, is_lost=client.is_lost, by=by or row.assignee_name, at=now())


def taken(row: ConversationRow, *, is_lost: bool, by: str, at: datetime) -> str:
    """The bar above the composer."""
    return text("inbox/pushed_taken.html", row=row, is_lost=is_lost, by=by, at=at)


def _asked(client: Client, change: Change, values: dict[str, object]) -> str:
    values |= {"name": change.data.get("asked_by_name", ""), "asker": change.data["asked_by"]}
    return text("inbox/pushed_lead.html", what="asked", **values)
