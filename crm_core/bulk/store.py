"""SQL of bulk changes, put together from literals: which columns can be written, and what each verb does to a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from crm_core.acts.model import Record
from crm_core.bulk.model import Checked, Setting, Tally
from crm_core.catalogue.compiling import visible
from crm_core.catalogue.model import Column
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn


@dataclass(frozen=True, slots=True)
class Writable:
    """A column that is the same for all rows; `also` are further columns that follow it."""

    column: LiteralString
    cast: LiteralString
    also: LiteralString = ""


OWNER: Final = Writable("owner_id", "::integer")
NOTE: Final = Writable("note", "::text")
TITLE: Final = Writable("title", "::text")
WRITABLE: Final[Mapping[Record, Mapping[str, Writable]]] = {
    "contact": {
        "name": Writable("name", "::text", ", name_source = 'person'"),
        "owner": OWNER,
        "company": Writable("company_id", "::integer"),
        "language": Writable("language", "::text"),
        "note": NOTE,
    },
    "company": {"owner": OWNER, "phone": Writable("phone", "::text"), "note": NOTE},
    "lead": {"owner": OWNER, "title": TITLE},
    "deal": {
        "owner": OWNER,
        "company": Writable("company_id", "::integer"),
        "stage": Writable(
            "stage_id",
            "::integer",
            """, pipeline_id = (SELECT s.pipeline_id FROM crm_stage s WHERE s.id = {v}),
                 stage_since = CASE WHEN t.stage_id <> {v} THEN now() ELSE t.stage_since END,
                 closed_at = (SELECT CASE WHEN s.kind <> 'open' THEN coalesce(t.closed_at, now()) END FROM crm_stage s
                               WHERE s.id = {v})""",
        ),
        "amount": Writable("amount", "::bigint"),
        "currency": Writable("currency", "::text"),
        "title": TITLE,
        "note": NOTE,
        "loss_reason": Writable("loss_reason", "::text"),
    },
    "task": {
        "title": TITLE,
        "kind": Writable("kind", "::text"),
        "note": NOTE,
        "assignee": Writable("assignee_id", "::integer"),
        "due_at": Writable("due_at", "::timestamptz"),
    },
}
"""By the keys of the catalogue; customers' own fields beside them."""
ALLOWED: Final[Mapping[Record, LiteralString]] = {"lead": "t.state = 'new'"}
"""Which rows can be changed at all; all where nothing is said."""
TAGS: Final = 100
UPDATED: Final[Mapping[Record, LiteralString]] = {
    "contact": ", updated_at = now()",
    "deal": ", updated_at = now()",
}
ABOUT: Final[Mapping[Record, LiteralString]] = {
    "contact": "t.id AS contact_id, NULL::bigint AS deal_id",
    "company": "NULL::bigint AS contact_id, NULL::bigint AS deal_id",
    "lead": "t.contact_id, NULL::bigint AS deal_id",
    "deal": "t.contact_id, t.id AS deal_id",
    "task": "t.contact_id, t.deal_id",
}
TELL: Final[Mapping[Record, LiteralString]] = {"contact": "contact.updated", "deal": "deal.updated"}
CONTACTS_OF: Final[Mapping[Record, LiteralString]] = {
    "deal": "SELECT DISTINCT contact_id AS id FROM crm_deal WHERE id = ANY($1::bigint[])",
    "lead": "SELECT DISTINCT contact_id AS id FROM crm_lead WHERE id = ANY($1::bigint[])",
}
DEALS_OF: LiteralString = """
    SELECT DISTINCT deal_id AS id FROM crm_task WHERE id = ANY($1::bigint[]) AND deal_id IS NOT NULL ORDER BY 1"""


async def contacts_of(conn: Conn, of: Record, ids: Sequence[int]) -> list[int]:
    """Whom deals or leads are about."""
    return [row["id"] for row in await conn.fetch(CONTACTS_OF[of], list(ids))]


async def deals_of(conn: Conn, task_ids: Sequence[int]) -> list[int]:
    """The deals that tasks belong to."""
    return [row["id"] for row in await conn.fetch(DEALS_OF, list(task_ids))]


async def tally(conn: Conn, checked: Checked, ids: Sequence[int], *, scope: int | None) -> Tally:
    """What would come of it now."""
    writing = Writing(scope)
    table = checked.catalogue[checked.of]
    chosen = writing.place(list(ids))
    allowed = _allowed(checked, writing)
    differs = _differs(checked, writing)
    seen = visible(table, "t")
    if checked.verb == "restore":
        seen = seen.replace("t.deleted_at IS NULL", "t.deleted_at IS NOT NULL")
    statement = f"""
        SELECT count(*) FILTER (WHERE {allowed} AND {differs}) AS can,
               count(*) FILTER (WHERE ({allowed}) AND NOT ({differs})) AS same,
               count(*) FILTER (WHERE NOT ({allowed})) AS cannot,
               cardinality({chosen}::bigint[]) - count(*) AS gone
          FROM {table.name} t WHERE t.id = ANY({chosen}::bigint[]) AND {seen}"""
    row = await conn.fetchrow(statement, *writing.args)
    assert row is not None
    return Tally(can=row["can"], same=row["same"], cannot=row["cannot"], gone=row["gone"])


async def write(
    conn: Conn,
    checked: Checked,
    ids: Sequence[int],
    *,
    scope: int | None,
    since: datetime,
    act_id: UUID,
    user_id: int | None,
) -> list[int]:
    """Give the values to those that may have them and did not change since; which these were."""
    chosen = await _chosen(conn, checked, ids, scope=scope, since=since, act_id=act_id)
    if chosen:
        writing = Writing(scope)
        table = checked.catalogue[checked.of]
        mine = writing.place(chosen)
        told = _told(checked, writing, user_id, act_id)
        statement = f"""
            WITH done AS (
                UPDATE {table.name} t SET {_assigned(checked, writing)}{UPDATED.get(checked.of, "")}
                 WHERE t.id = ANY({mine}::bigint[]) AND $1::integer IS NOT DISTINCT FROM $1
                RETURNING t.id, {ABOUT[checked.of]}{_stages(checked)}){told}
            SELECT count(*) FROM done"""
        await conn.execute(statement, *writing.args)
    return chosen


async def _chosen(
    conn: Conn, checked: Checked, ids: Sequence[int], *, scope: int | None, since: datetime, act_id: UUID
) -> list[int]:
    """Those that will be changed, locked in the order of their ids."""
    writing = Writing(scope)
    table = checked.catalogue[checked.of]
    asked = writing.place(list(ids))
    statement = f"""
        SELECT t.id FROM {table.name} t
         WHERE t.id = ANY({asked}::bigint[]) AND {visible(table, "t")} AND {_allowed(checked, writing)}
           AND {_differs(checked, writing)} AND {_fresh(checked, writing, since=since, act_id=act_id)}
         ORDER BY t.id FOR NO KEY UPDATE OF t"""
    return [row["id"] for row in await conn.fetch(statement, *writing.args)]


def _assigned(checked: Checked, writing: Writing) -> LiteralString:
    parts: list[LiteralString] = []
    own: LiteralString = ""
    if checked.verb == "tag":
        return f"tags = {_tags(checked, writing)}"
    for setting in checked.settings:
        known = WRITABLE[checked.of].get(setting.key)
        if known is None:
            own = _own(checked.catalogue[checked.of].fields[setting.key], setting, writing, own or "t.fields")
            continue
        value = f"{writing.place(setting.value)}{known.cast}"
        parts.append(f"{known.column} = {value}{known.also.replace('{v}', value)}")
    if own:
        parts.append(f"fields = {own}")
    joined: LiteralString = ", ".join(parts)
    return joined


def _own(column: Column, setting: Setting, writing: Writing, before: LiteralString) -> LiteralString:
    key = writing.key(column.own)
    if setting.value is None:
        return f"({before} - {key})"
    return f"({before} || jsonb_build_object({key}, {writing.place(setting.value)}::jsonb))"


def _differs(checked: Checked, writing: Writing) -> LiteralString:
    if checked.verb == "tag":
        return f"t.tags IS DISTINCT FROM {_tags(checked, writing)}"
    parts: list[LiteralString] = []
    for setting in checked.settings:
        known = WRITABLE[checked.of].get(setting.key)
        if known is None:
            key = writing.key(checked.catalogue[checked.of].fields[setting.key].own)
            parts.append(f"t.fields -> {key} IS DISTINCT FROM {writing.place(setting.value)}::jsonb")
        else:
            parts.append(f"t.{known.column} IS DISTINCT FROM {writing.place(setting.value)}{known.cast}")
    joined: LiteralString = " OR ".join(parts)
    return f"({joined})" if parts else "true"


def _allowed(checked: Checked, writing: Writing) -> LiteralString:
    if checked.verb in ("task", "delete", "restore"):
        return "true"
    allowed: LiteralString = ALLOWED.get(checked.of, "true")
    if checked.verb == "tag":
        more = writing.place(len(checked.add))
        return f"({allowed} AND cardinality(t.tags) + {more}::integer <= 100)"
    return f"({allowed})"


def _tags(checked: Checked, writing: Writing) -> LiteralString:
    """What is there in its order, without what is removed, then what is added."""
    add, remove = writing.place(list(checked.add)), writing.place(list(checked.remove))
    return f"""ARRAY(SELECT s.x FROM (
        SELECT u.x, min(u.n) AS n FROM unnest(t.tags || {add}::text[]) WITH ORDINALITY AS u (x, n)
         WHERE u.x <> ALL({remove}::text[]) GROUP BY u.x) AS s ORDER BY s.n)"""


def _fresh(checked: Checked, writing: Writing, *, since: datetime, act_id: UUID) -> LiteralString:
    """Nobody changed these fields since the selection was looked at; of tags each is by itself."""
    if checked.verb == "tag":
        return "true"
    fields = [field_of(checked, setting.key) for setting in checked.settings]
    return f"""NOT EXISTS (SELECT FROM crm_history h
        WHERE h.object = {writing.place(checked.of)}::text AND h.record = t.id AND h.until > {writing.place(since)}::timestamptz
          AND h.field = ANY({writing.place(fields)}::text[]) AND h.act IS DISTINCT FROM {writing.place(act_id)}::uuid OFFSET 0)"""


def field_of(checked: Checked, key: str) -> str:
    """How the history names the field."""
    known = WRITABLE[checked.of].get(key)
    return known.column if known else f"fields.{checked.catalogue[checked.of].fields[key].own}"


def _stages(checked: Checked) -> LiteralString:
    if all(setting.key != "stage" for setting in checked.settings):
        return ""
    return ", old.stage_id AS stage_before, t.stage_id, t.amount, t.currency, t.loss_reason"


def _told(checked: Checked, writing: Writing, user_id: int | None, act_id: UUID) -> LiteralString:
    """Facts of it, a record each; what was there before stands in the history."""
    kind = TELL.get(checked.of)
    if kind is None:
        return ""
    who, act = f"{writing.place(user_id)}::integer", f"{writing.place(act_id)}::uuid"
    changed = (
        ["tags"]
        if checked.verb == "tag"
        else sorted(field_of(checked, setting.key) for setting in checked.settings if setting.key != "stage")
    )
    told: LiteralString = ""
    if changed:
        data = f"jsonb_build_object('changed', {writing.place(changed)}::text[])"
        told = f""",
        told AS (
            INSERT INTO crm_activity (kind, contact_id, deal_id, user_id, data, relay, act_id)
            SELECT {writing.place(kind)}::text, contact_id, deal_id, {who}, {data}, false, {act} FROM done)"""
    if _stages(checked):
        told = f"""{told},
        moved AS (
            INSERT INTO crm_activity (kind, contact_id, deal_id, user_id, data, relay, act_id)
            SELECT k.kind, d.contact_id, d.deal_id, {who}, jsonb_strip_nulls(jsonb_build_object(
                   'from', d.stage_before, 'to', s.id, 'stage', s.name,
                   'amount', CASE WHEN s.kind <> 'open' THEN d.amount END,
                   'currency', CASE WHEN s.kind <> 'open' THEN d.currency END,
                   'reason', CASE WHEN s.kind = 'lost' THEN d.loss_reason END)), false, {act}
              FROM done d JOIN crm_stage s ON s.id = d.stage_id
             CROSS JOIN LATERAL unnest(CASE s.kind WHEN 'won' THEN ARRAY['deal.stage_changed', 'deal.won']
                                                   WHEN 'lost' THEN ARRAY['deal.stage_changed', 'deal.lost']
                                                   ELSE ARRAY['deal.stage_changed'] END) AS k (kind)
             WHERE d.stage_before IS DISTINCT FROM d.stage_id)"""
    return told
