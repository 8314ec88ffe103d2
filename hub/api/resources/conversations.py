"""Conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from crm_core.users.model import SYSTEM
from hub.api.endpoint import Call, Endpoint
from hub.api.shapes import After, Id, Limit, Short, Text
from hub.problems import Problem
from inbox.actions import service
from inbox.views import queries
from inbox.views.model import ConversationDetails, ConversationRow, Found, Message

View = Literal["mine", "unassigned", "all", "waiting", "snoozed", "closed"]


class ConversationsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which conversations. With `query` a search by words, names, phones or addresses (no paging)."""

    view: View = "all"
    query: Short = ""
    after: After | None = None
    limit: Limit = 50


class ConversationPage(msgspec.Struct, kw_only=True):
    items: list[ConversationRow]
    next: str | None = None


class ThreadQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Messages before one, oldest first."""

    before: Id | None = None
    limit: Limit = 50


class MessageList(msgspec.Struct, kw_only=True):
    items: list[Message]


class NewMessage(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer to the customer, or with `note` a note for colleagues. `seen_message_id` guards against a stale draft.

    With `formatted` the text may hold our small mark-up (`*bold*`, `_italic_`, `~struck~`, `> quote`, `[label](https://…)`).
    `answers_id` is the message of the conversation that is answered, where the channel can tell so. Where a colleague leads
    the conversation the answer is given for them; with `take_over` the token's user leads it from then on, and they are told.
    """

    text: Text
    note: bool = False
    subject: Short = ""
    formatted: bool = False
    answers_id: Id | None = None
    attachment_ids: Annotated[list[UUID], Meta(max_length=20)] = []
    seen_message_id: Id | None = None
    force: bool = False
    take_over: bool = False


class NewText(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """New words for a message that went out."""

    text: Text
    formatted: bool = False


class NewConversation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Write first, to a contact on a channel."""

    contact_id: Id
    channel_id: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    text: Text
    subject: Short = ""


class Assignment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """To whom; null puts it back into the queue."""

    user_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None


class Snooze(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Until when; with a time zone."""

    until: Annotated[datetime, Meta(tz=True)]


async def list_conversations(call: Call) -> ConversationPage:
    query: ConversationsQuery = call.query
    if query.query:
        found: list[Found] = await queries.search(call.conn, call.viewer, query.query, limit=query.limit)
        return ConversationPage(items=[hit.row for hit in found])
    page = await queries.list_conversations(
        call.conn, call.viewer, view=query.view, after=query.after, limit=query.limit
    )
    return ConversationPage(items=list(page.items), next=page.next)


async def get_conversation(call: Call) -> ConversationDetails:
    return await queries.get(call.conn, call.viewer, call.id())


async def start_conversation(call: Call) -> ConversationDetails:
    body: NewConversation = call.body
    id_, changes = await service.start(
        call.conn,
        call.viewer,
        directory=call.runtime.directory,
        channel_id=body.channel_id,
        contact_id=body.contact_id,
        text=body.text,
        subject=body.subject,
    )
    call.publish(changes)
    return await queries.get(call.conn, call.viewer, id_)


async def list_messages(call: Call) -> MessageList:
    query: ThreadQuery = call.query
    items = await queries.thread(call.conn, call.viewer, call.id(), before=query.before, limit=query.limit)
    return MessageList(items=items)


async def write_message(call: Call) -> Message:
    body: NewMessage = call.body
    if body.take_over and (body.note or call.viewer.user_id is None):
        detail = "Only an answer takes a conversation over, and only with a token of a user's (`--user`)."
        raise Problem(422, "Cannot be taken as it is", detail=detail, field="take_over", code="invalid")
    if body.note:
        changes = await service.note(
            call.conn,
            call.viewer,
            call.id(),
            text=body.text,
            attachment_ids=body.attachment_ids,
            is_marked=body.formatted,
        )
    else:
        changes = await service.reply(
            call.conn, call.viewer, call.id(), _composed(body), directory=call.runtime.directory
        )
    call.publish(changes)
    message_id = next(change.id for change in changes if change.kind == "message" and change.id)
    return await queries.message(call.conn, call.viewer, message_id)


def _composed(body: NewMessage) -> service.Reply:
    return service.Reply(
        text=body.text,
        subject=body.subject,
        attachment_ids=body.attachment_ids,
        undo_seconds=0,
        seen_message_id=body.seen_message_id,
        force=body.force,
        is_marked=body.formatted,
        answers_id=body.answers_id,
        lead="take" if body.take_over else "help",
    )


async def assign_conversation(call: Call) -> ConversationDetails:
    body: Assignment = call.body
    call.publish(await service.assign(call.conn, call.viewer, call.id(), user_id=body.user_id))
    return await queries.get(call.conn, SYSTEM, call.id())  # also where it is a colleague's from now on


async def close_conversation(call: Call) -> None:
    call.publish(await service.close(call.conn, call.viewer, call.id()))


async def reopen_conversation(call: Call) -> None:
    call.publish(await service.reopen(call.conn, call.viewer, call.id()))


async def snooze_conversation(call: Call) -> None:
    body: Snooze = call.body
    call.publish(await service.snooze(call.conn, call.viewer, call.id(), until=body.until))


async def mark_conversation_read(call: Call) -> None:
    call.publish(await service.mark_read(call.conn, call.viewer, call.id()))


async def retry_message(call: Call) -> Message:
    call.publish(await service.retry_delivery(call.conn, call.viewer, call.id()))
    return await queries.message(call.conn, call.viewer, call.id())


async def rewrite_message(call: Call) -> Message:
    body: NewText = call.body
    changes = await service.rewrite(
        call.conn,
        call.viewer,
        call.id(),
        directory=call.runtime.directory,
        text=body.text,
        is_marked=body.formatted,
    )
    call.publish(changes)
    return await queries.message(call.conn, call.viewer, call.id())


async def remove_message(call: Call) -> None:
    directory = call.runtime.directory
    call.publish(await service.remove(call.conn, call.viewer, call.id(), directory=directory))


async def take_message_back(call: Call) -> None:
    call.publish(await service.cancel_delivery(call.conn, call.viewer, call.id()))


def _endpoint(method: str, path: str, summary: str, handler: Any, **types: Any) -> Endpoint:
    return Endpoint(
        method=method, path=path, resource="conversations", summary=summary, handler=handler, **types
    )


ONE = r"/conversations/{id:\d+}"
MESSAGE = r"/messages/{id:\d+}"
ENDPOINTS = (
    _endpoint(
        "GET",
        "/conversations",
        "A view of the inbox, or a search",
        list_conversations,
        query=ConversationsQuery,
        returns=ConversationPage,
    ),
    _endpoint(
        "POST",
        "/conversations",
        "Write to a contact first",
        start_conversation,
        body=NewConversation,
        returns=ConversationDetails,
        status=201,
    ),
    _endpoint("GET", ONE, "One conversation", get_conversation, returns=ConversationDetails),
    _endpoint(
        "GET", f"{ONE}/messages", "Its messages", list_messages, query=ThreadQuery, returns=MessageList
    ),
    _endpoint(
        "POST",
        f"{ONE}/messages",
        "Answer, or write a note",
        write_message,
        body=NewMessage,
        returns=Message,
        status=201,
    ),
    _endpoint(
        "PUT",
        f"{ONE}/assignment",
        "Assign it",
        assign_conversation,
        body=Assignment,
        returns=ConversationDetails,
    ),
    _endpoint("POST", f"{ONE}/closure", "Close it", close_conversation),
    _endpoint("DELETE", f"{ONE}/closure", "Open it again", reopen_conversation),
    _endpoint("PUT", f"{ONE}/snooze", "Put it out of sight for a while", snooze_conversation, body=Snooze),
    _endpoint("POST", f"{ONE}/reading", "Mark it read", mark_conversation_read),
    _endpoint("POST", f"{MESSAGE}/retry", "Send again what failed", retry_message, returns=Message),
    _endpoint(
        "PUT",
        f"{MESSAGE}/text",
        "Change what was sent, for the customer too, where the channel can",
        rewrite_message,
        body=NewText,
        returns=Message,
    ),
    _endpoint("POST", f"{MESSAGE}/removal", "Delete what was sent, where the channel can", remove_message),
    _endpoint("DELETE", MESSAGE, "Take back what has not left", take_message_back),
)
