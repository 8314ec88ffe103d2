"""Which contacts are one person: merges, their undoing, suggestions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from crm_core.contacts import service
from crm_core.contacts.merging.model import Merge, Suggestion
from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import Id
from inbox.changes import Change

Choices = dict[Annotated[str, Meta(max_length=70)], Literal["survivor", "absorbed"]]


class MergeList(msgspec.Struct, kw_only=True):
    items: list[Merge]


class SuggestionList(msgspec.Struct, kw_only=True):
    items: list[Suggestion]


class NewMerge(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which contact becomes part of this one. `fields` says whose value stays where both have one; custom fields are
    named `fields.<name>`."""

    absorbed_id: Id
    reason: Annotated[str, Meta(max_length=200)] = ""
    fields: Choices = {}


class Merged(msgspec.Struct, kw_only=True):
    """`DELETE /merges/{merge_id}` undoes it."""

    merge_id: int


class Released(msgspec.Struct, kw_only=True):
    """The contact that is on its own again."""

    contact_id: int


class Acceptance(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The older contact survives unless told otherwise."""

    survivor_id: Id | None = None
    fields: Choices = {}


async def list_merges(call: Call) -> MergeList:
    root = await service.require(call.conn, call.viewer, call.id())
    return MergeList(items=await service.merges_of(call.conn, call.viewer, root))


async def merge_contacts(call: Call) -> Merged:
    body: NewMerge = call.body
    merge_id = await service.merge(
        call.conn,
        call.viewer,
        survivor_id=call.id(),
        absorbed_id=body.absorbed_id,
        reason=body.reason.strip() or "Joined through the API.",
        fields=body.fields,
    )
    contact = await service.get(call.conn, call.viewer, call.id())
    call.publish([Change(kind="deal", contact_id=contact.id, assignee_id=contact.owner_id)])
    return Merged(merge_id=merge_id)


async def undo_merge(call: Call) -> Released:
    released = await service.unmerge(call.conn, call.viewer, call.id())
    call.publish([Change(kind="deal", contact_id=released)])
    return Released(contact_id=released)


async def list_suggestions(call: Call) -> SuggestionList:
    root = await service.require(call.conn, call.viewer, call.id())
    return SuggestionList(items=await service.suggestions(call.conn, call.viewer, root))


async def accept_suggestion(call: Call) -> Merged:
    body: Acceptance = call.body
    merge_id = await service.accept_suggestion(
        call.conn, call.viewer, call.id(), survivor_id=body.survivor_id, fields=body.fields
    )
    call.publish([Change(kind="deal")])
    return Merged(merge_id=merge_id)


async def decline_suggestion(call: Call) -> None:
    await service.decline_suggestion(call.conn, call.viewer, call.id())


ONE = r"/contacts/{id:\d+}"
SUGGESTION = r"/suggestions/{id:\d+}"
endpoint = endpoints_of("contacts")
ENDPOINTS = (
    endpoint("GET", f"{ONE}/merges", "What it was made of, and why", list_merges, returns=MergeList),
    endpoint(
        "POST",
        f"{ONE}/merges",
        "Make another contact part of it",
        merge_contacts,
        body=NewMerge,
        returns=Merged,
        status=201,
    ),
    endpoint("DELETE", r"/merges/{id:\d+}", "Undo a merge", undo_merge, returns=Released),
    endpoint(
        "GET", f"{ONE}/suggestions", "Who may be the same person", list_suggestions, returns=SuggestionList
    ),
    endpoint(
        "POST",
        f"{SUGGESTION}/acceptance",
        "They are one",
        accept_suggestion,
        body=Acceptance,
        returns=Merged,
        status=201,
    ),
    endpoint("DELETE", SUGGESTION, "They are two persons", decline_suggestion),
)
