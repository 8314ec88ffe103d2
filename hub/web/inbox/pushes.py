"""What one page is pushed of a batch of changes: rows, messages, the bar, calls; drawn by the page's own templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.web.client import Batch, Client
from hub.web.inbox import leads, views
from hub.web.render import text
from inbox.changes import Change
from inbox.conversations.visibility import sees
from inbox.views.model import ConversationRow, Message


def for_client(client: Client, batch: Batch) -> str:
    """The HTML for this page; empty when nothing of it may or need be shown."""
    if not client.viewer.can("customers"):
        return ""
    parts: list[str] = []
    if client.view:
        parts += [_row(client, batch, change) for change in _first_of_each(batch.changes)]
    if (open_row := batch.rows.get(client.open_id or 0)) is None or sees(client.viewer, open_row.assignee_id):
        parts += [_message(client, each) for each in batch.messages if each.conversation_id == client.open_id]
    parts += [leads.of_open_page(client, batch)]
    parts += [leads.told(client, batch, change) for change in batch.changes if change.data]
    parts += [_gone(client, change) for change in batch.changes if change.data]
    parts += [_call(client, batch, change) for change in batch.changes if change.kind == "call"]
    parts += [_reminder(client, change) for change in batch.changes if change.data.get("reminder")]
    return "".join(part for part in parts if part)


def names_for(client: Client, batch: Batch) -> list[str]:
    """Kinds of changes that pages may react to by themselves: `hub:channel`, `hub:task`, `hub:deal`, `hub:conversation`."""
    kinds: set[str] = set()
    for change in batch.changes:
        if change.kind == "channel":
            kinds.add("channel")
        elif change.kind == "call" and client.viewer.can("customers"):
            kinds.add("call")
        elif (
            change.kind in ("task", "deal")
            and client.viewer.can("customers")
            and sees(client.viewer, change.assignee_id)
        ):
            kinds.add(change.kind)
    if _head_changed(client, batch):
        kinds.add("conversation")
    return sorted(kinds)


def head_of(row: ConversationRow) -> tuple[object, ...]:
    """What the bar above a thread shows of its conversation."""
    return (row.assignee_id, row.owner, row.state, row.snoozed_until, row.contact_name, row.subject)


def _head_changed(client: Client, batch: Batch) -> bool:
    row = batch.rows.get(client.open_id or 0)
    if row is None or client.head == head_of(row):
        return False
    client.head = head_of(row)
    return True


def counters(client: Client, counted: Mapping[str, tuple[int, int]]) -> str:
    view = views.KNOWN.get(client.view)
    return text("inbox/pushed_counters.html", counters=counted, views=tuple(views.KNOWN.values()), view=view)


def looking(client: Client, others: Sequence[tuple[int, str]]) -> str:
    return text("inbox/pushed_looking.html", others=others)


def is_typing(watched: ConversationRow, change: Change) -> bool:
    """Whether a presence is of the customer of the open conversation."""
    data = change.data
    return (
        change.kind == "presence"
        and data.get("what") == "typing"
        and change.channel_id == watched.channel_id
        and data.get("kind") == watched.handle_kind
        and data.get("value") == watched.handle_value
    )


def _first_of_each(changes: Sequence[Change]) -> list[Change]:
    """One change a conversation; where several moved it, the one that names its first owner."""
    chosen: dict[int, Change] = {}
    for change in changes:
        if change.conversation_id and change.kind != "presence":
            known = chosen.get(change.conversation_id)
            if known is None or (known.previous_assignee_id is None and change.previous_assignee_id):
                chosen[change.conversation_id] = change
    return list(chosen.values())


def _row(client: Client, batch: Batch, change: Change) -> str:
    row = batch.rows.get(change.conversation_id or 0)
    if row is None:
        return ""
    if not sees(client.viewer, row.assignee_id) or not views.stands_in(row, client.view, client.user.id):
        return f'<div data-live="remove" data-id="c{row.id}"></div>'
    key = (
        client.speech.language,
        str(client.speech.zone),
        client.view,
        client.user.id == row.assignee_id,
        row.id,
    )
    if key not in batch.drawn:
        batch.drawn[key] = _drawn_row(client, row)
    mode = "replace" if client.is_searching else "row"
    return f'<div data-live="{mode}" data-into="rows">{batch.drawn[key]}</div>'


def _drawn_row(client: Client, row: ConversationRow) -> str:
    place = views.order(row, client.view)
    return text("inbox/pushed_row.html", item=row, view_name=client.view, place=place, me=client.user.id)


def _message(client: Client, message: Message) -> str:
    return text(
        "inbox/pushed_messages.html",
        messages=[message],
        csrf=client.csrf,
        user=client.user,
        undo=None,
        gone=(),
    )


def _gone(client: Client, change: Change) -> str:
    """A message that was taken back before it left, or that stands in another conversation now."""
    data = change.data
    id_ = data.get("removed") if change.kind == "delivery" else data.get("gone")
    if not id_ or change.conversation_id != client.open_id:
        return ""
    return f'<div data-live="remove" data-id="m{int(id_)}"></div>'


def _reminder(client: Client, change: Change) -> str:
    """The time of a task has come; only for whoever is to do it."""
    if change.kind != "task" or change.assignee_id != client.user.id:
        return ""
    return text("work/pushed_reminder.html", task_id=change.id, title=str(change.data["reminder"]))


def _call(client: Client, batch: Batch, change: Change) -> str:
    """A pop-up while it rings, for those it rings for; one's own call stays in sight until one is done with it."""
    data, row = change.data, batch.rows.get(change.conversation_id or 0)
    if row is None:
        return ""
    call_id = int(data.get("call_id", 0))
    may_see = sees(client.viewer, row.assignee_id)
    if may_see and _is_own(client, data):
        return f'<div data-live="call" data-id="{call_id}"></div>'
    if may_see and not data.get("outbound") and _rings_for(client, data):
        return text("inbox/pushed_call.html", call_id=call_id, row=row, caller=data.get("caller", ""))
    return f'<div data-live="remove" data-id="call{call_id}"></div>'


def _is_own(client: Client, data: Mapping[str, Any]) -> bool:
    """Whether the reader talks, has talked, or has asked for the call; of those that came to nothing, only the latter."""
    if not client.user.extension or data.get("user") != client.user.extension:
        return False
    if data.get("state") == "ringing":
        return bool(data.get("outbound"))
    return data.get("state") == "answered" or data.get("outcome") == "answered"


def _rings_for(client: Client, data: Mapping[str, Any]) -> bool:
    """Only whose telephone rings; where no telephone is named, or the reader has none, everybody; a blocked number nobody."""
    if data.get("blocked"):
        return False
    ringing = set(data.get("ringing", ()))
    if not ringing:
        return data.get("state") == "ringing"
    return not client.user.extension or client.user.extension in ringing
