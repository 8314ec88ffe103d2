"""Merge and unmerge contacts: no row moves, so an undone merge puts everything back, also what arrived meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from crm_core import events, normal
from crm_core.acts.service import verb
from crm_core.contacts.merging import store
from crm_core.contacts.merging.model import Merge, Perhaps, Suggestion, apply, combine, take_back
from crm_core.facts import ContactMerged, ContactUnmerged
from crm_core.fields import service as own_fields
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase

NO_CONTACT = phrase("There is no such contact, or it is a colleague's.")
NO_MERGE = phrase("There is no such merge.")
NO_SUGGESTION = phrase("This suggestion is settled already.")


@verb("contact.merge")
async def merge(
    conn: Conn,
    viewer: Viewer,
    *,
    survivor_id: int,
    absorbed_id: int,
    reason: str,
    fields: Mapping[str, str] | None = None,
    batch: UUID | None = None,
) -> int:
    """Make one contact the root of another; returns the merge's id.

    `fields` says for each field whose value stays: `survivor` (the default where it has one) or `absorbed`; custom
    fields are named `fields.<name>`. Raises Conflict when they are one already.
    """
    await store.lock(conn)
    survivor, absorbed = await _visible_roots(conn, viewer, [survivor_id, absorbed_id])
    if survivor == absorbed:
        raise Conflict(phrase("These two are one contact already."))
    values = await store.values(conn, [survivor, absorbed])
    choices = await own_fields.placed(conn, "contact", fields or {})
    changes = combine(values[survivor], values[absorbed], choices)
    if changes:
        await store.save(conn, survivor, apply(values[survivor], changes))
    await store.adopt(conn, survivor, absorbed)
    merge_id = await store.add(
        conn, survivor, absorbed, reason=reason, batch=batch, user_id=viewer.user_id, changes=changes
    )
    fact = ContactMerged(
        contact_id=survivor, user_id=viewer.user_id, absorbed_id=absorbed, reason=reason, merge_id=merge_id
    )
    await events.announce(conn, [fact])
    return merge_id


@verb("contact.unmerge")
async def unmerge(conn: Conn, viewer: Viewer, merge_id: int) -> int:
    """Undo a merge; returns the contact that is on its own again. Raises Conflict when it is undone already."""
    await store.lock(conn)
    found = await store.get(conn, merge_id)
    if found is None:
        raise NotFound(NO_MERGE)
    survivor, absorbed = found.survivor_id, found.absorbed_id
    await _visible_roots(conn, viewer, [survivor])
    if found.undone_at is not None:
        raise Conflict(phrase("This merge is undone already."))
    values = (await store.values(conn, [survivor]))[survivor]
    later = await store.later(conn, survivor, merge_id)
    restored, rewritten = take_back(values, found.before, [changes for _, changes in later])
    if restored != values:
        await store.save(conn, survivor, restored)
    for (id_, changes), new in zip(later, rewritten, strict=True):
        if new != changes:
            await store.rewrite(conn, id_, new)
    await store.release(conn, absorbed)
    await store.mark_undone(conn, merge_id, viewer.user_id)
    fact = ContactUnmerged(
        contact_id=survivor,
        user_id=viewer.user_id,
        absorbed_id=absorbed,
        reason=found.reason,
        merge_id=merge_id,
    )
    await events.announce(conn, [fact])
    return absorbed


async def merge_again(conn: Conn, viewer: Viewer, merge_id: int) -> int:
    """Join anew what an unmerge took apart; returns the new merge's id."""
    found = await store.get(conn, merge_id)
    if found is None:
        raise NotFound(NO_MERGE)
    again = await merge(
        conn, viewer, survivor_id=found.survivor_id, absorbed_id=found.absorbed_id, reason=found.reason
    )
    await store.take_the_place(conn, again, merge_id)
    return again


async def unmerge_batch(
    conn: Conn,
    viewer: Viewer,
    *,
    batch: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str | None = None,
) -> list[int]:
    """Undo all merges of a batch, a time or a reason (any part of it), newest first; returns the merges undone."""
    if batch is None and since is None and until is None and not reason:
        raise Invalid(phrase("Choose which merges to undo: a batch, a time or a reason."))
    await store.lock(conn)
    merge_ids = await store.select(conn, batch=batch, since=since, until=until, reason=reason or None)
    for merge_id in merge_ids:
        await unmerge(conn, viewer, merge_id)
    return merge_ids


async def join(conn: Conn, one: int, two: int, *, reason: str) -> int | None:
    """Merge by proven evidence into the older contact; only suggest where a person has kept the two apart."""
    await store.lock(conn)
    found = await store.roots_of(conn, [one, two])
    survivor, absorbed = sorted((found[one], found[two]))
    if survivor == absorbed:
        return None
    if await store.kept_apart(conn, survivor, absorbed):
        await store.suggest(conn, survivor, absorbed, reason)
        return None
    return await merge(conn, SYSTEM, survivor_id=survivor, absorbed_id=absorbed, reason=reason)


async def suggestions(conn: Conn, viewer: Viewer, root_id: int) -> list[Suggestion]:
    """Contacts that may be the same person, as far as the viewer may see them."""
    await _visible_roots(conn, viewer, [root_id])
    return await store.suggested(conn, viewer.scope(), root_id)


async def perhaps(conn: Conn, viewer: Viewer, root_id: int, *, kind: str, value: str) -> list[Perhaps]:
    """The suggestions that rest on this address, with how the other contact got it."""
    found = [each for each in await suggestions(conn, viewer, root_id) if each.other_name]
    forms = normal.forms(kind, normal.handle(kind, value)[0])
    how = await store.given(conn, [each.other_id for each in found], kind, forms) if found else {}
    return [
        Perhaps(
            id=each.id,
            other_id=each.other_id,
            other_name=each.other_name,
            evidence=how[each.other_id],
        )
        for each in found
        if each.other_id in how
    ]


@verb("contact.merge")
async def accept_suggestion(
    conn: Conn,
    viewer: Viewer,
    suggestion_id: int,
    *,
    survivor_id: int | None = None,
    fields: Mapping[str, str] | None = None,
) -> int:
    """Merge the two; the older one survives unless told otherwise. Returns the merge's id."""
    one, two, reason = await _pair(conn, viewer, suggestion_id)
    survivor, absorbed = (one, two) if one < two else (two, one)
    if survivor_id == absorbed:
        survivor, absorbed = absorbed, survivor
    await store.settle(conn, suggestion_id, "accepted")
    return await merge(conn, viewer, survivor_id=survivor, absorbed_id=absorbed, reason=reason, fields=fields)


@verb("contact.decline")
async def decline_suggestion(conn: Conn, viewer: Viewer, suggestion_id: int) -> None:
    """They are two persons; it is not suggested again."""
    await _pair(conn, viewer, suggestion_id)
    await store.settle(conn, suggestion_id, "declined")


async def merges_of(conn: Conn, viewer: Viewer, root_id: int) -> list[Merge]:
    """The merges that a contact is made of, oldest first."""
    await _visible_roots(conn, viewer, [root_id])
    return await store.ledger(conn, root_id)


async def _pair(conn: Conn, viewer: Viewer, suggestion_id: int) -> tuple[int, int, str]:
    found = await store.pair(conn, suggestion_id)
    if found is None or found[0] == found[1]:
        raise NotFound(NO_SUGGESTION)
    await _visible_roots(conn, viewer, found[:2])
    return found


async def _visible_roots(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[int]:
    """The roots of contacts; raises NotFound unless the viewer may see them all."""
    scope = viewer.scope()
    found = await store.roots_of(conn, ids)
    if len(found) < len(set(ids)):
        raise NotFound(NO_CONTACT)
    roots = [found[id_] for id_ in ids]
    if scope is not None and len(await store.visible(conn, scope, roots)) < len(set(roots)):
        raise NotFound(NO_CONTACT)
    return roots
