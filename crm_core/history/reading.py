"""What records were before: each change of a record, and any record as of any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_core.acts.model import Record
from crm_core.acts.verbs import VERBS
from crm_core.companies import service as companies
from crm_core.contacts import card as contacts
from crm_core.deals import service as deals
from crm_core.history import reading_store as store
from crm_core.history.model import Changed, Kept, Present, Value
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.users.model import Viewer
from values.kept import read_kept
from values.paging import LARGEST, Page, capped, decode, encode

BESIDE = ("name_source", "deleted_by", "done_by", "stage_since", "pipeline_id", "merged_into", "closed_at")
"""Columns that only go with others."""
NAMES: Mapping[str, str] = {
    "owner_id": "user",
    "assignee_id": "user",
    "company_id": "company",
    "stage_id": "stage",
    "deal_id": "deal",
    "contact_id": "contact",
    "root_id": "contact",
}
"""Fields that hold an id, and of what."""
SAID = ("title", "reason", "loss_reason", "done_reason")
"""Fields that may hold a sentence of the product."""


async def changes_of(
    conn: Conn, viewer: Viewer, of: Record, id_: int, *, before: str | None = None, limit: int = 50
) -> Page[Changed]:
    """A page of the changes of a record that the viewer sees, of a contact with all its identities, newest first."""
    records = await _seen(conn, viewer, of, id_)
    cursor, limit = decode(before, int)[0] if before else LARGEST, capped(limit)
    found = await store.changes(conn, of, records, before=cursor, limit=limit + 1, without=BESIDE)
    now = await store.present(conn, of, records)
    told = [_changed(viewer, of, kept, now) for kept in found[:limit]]
    cursor_next = encode(found[limit - 1].id) if len(found) > limit else None
    return Page(items=await _named(conn, viewer, told), next=cursor_next)


async def as_of(
    conn: Conn, of: Record, ids: Sequence[int], fields: Sequence[str], at: datetime
) -> dict[int, dict[str, Value]]:
    """What fields held at a moment, by record; records that were not there yet, or are gone, are left out.

    A field was what its first change after the moment replaced; what was not changed since is as now.
    """
    now = await store.present(conn, of, ids)
    there = {id_: one for id_, one in now.items() if datetime.fromisoformat(one.columns["created_at"]) <= at}
    found: dict[int, dict[str, Value]] = {id_: {} for id_ in there}
    for then in await store.then(conn, of, list(there), fields, at):
        held = then.old if then.was_changed else there[then.record].value(then.field)
        found[then.record][then.field] = held
    return found


async def _seen(conn: Conn, viewer: Viewer, of: Record, id_: int) -> list[int]:
    """The rows whose history it is. Raises NotFound for what the viewer does not see."""
    match of:
        case "contact":
            return await contacts.identity_ids(conn, await contacts.require(conn, viewer, id_))
        case "company":
            await companies.get(conn, viewer, id_)
        case "lead":
            await leads.get(conn, viewer, id_)
        case "deal":
            await deals.require(conn, viewer, id_)
        case "task":
            await tasks.get(conn, viewer, id_)
    return [id_]


def _changed(viewer: Viewer, of: Record, kept: Kept, now: Mapping[int, Present]) -> Changed:
    present = now.get(kept.record)
    new = kept.next if kept.has_next else (present.value(kept.field) if present else None)
    may = viewer.sql_id is None or viewer.user_id == kept.user_id
    is_known = kept.act_kind in VERBS and VERBS[kept.act_kind].how != "none"
    return Changed(
        id=kept.id,
        object=of,
        record=kept.record,
        field=kept.field,
        old=_shown(kept.field, kept.old),
        new=_shown(kept.field, new),
        at=kept.at,
        act_id=kept.act_id,
        act_kind=kept.act_kind,
        cause=kept.cause,
        cause_id=kept.cause_id,
        user_id=kept.user_id,
        user_name=kept.user_name,
        is_undoable=kept.is_open and may and is_known,
        currency=str(present.columns.get("currency") or "") if present else "",
    )


def _shown(field: str, value: Value) -> Value:
    """A handle by its value, a kept sentence as one."""
    if field.startswith("handle.") and isinstance(value, dict):
        return value.get("value")
    return read_kept(value) if field in SAID and isinstance(value, str) else value


async def _named(conn: Conn, viewer: Viewer, told: list[Changed]) -> list[Changed]:
    wanted: dict[str, set[int]] = {}
    for each in told:
        if of := NAMES.get(each.field):
            wanted.setdefault(of, set()).update(v for v in (each.old, each.new) if isinstance(v, int))
    if not wanted:
        return told
    names = await store.names(conn, viewer.scope(), {of: sorted(ids) for of, ids in wanted.items()})

    def name(each: Changed, value: Any) -> str:
        return names.get((NAMES.get(each.field, ""), value), "") if isinstance(value, int) else ""

    return [replace(each, old_name=name(each, each.old), new_name=name(each, each.new)) for each in told]
