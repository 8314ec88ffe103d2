"""SQL of own fields and their options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString

from crm_core import visibility
from crm_core.fields.model import FieldValues, Found, NewField, NewOption, OwnField, OwnOption
from crm_core.sql import Conn
from values.fields.model import FieldType

VERSION: LiteralString = "SELECT version::text FROM crm_field_version"
ALL: LiteralString = """
    SELECT id, object, key, alias, type, slot, label, labels, group_name AS "group", position, preset, required_at, target,
           is_filterable, index_state, index_fault, moving_after, created_at, retired_at
      FROM crm_field ORDER BY object, position, id"""
OPTIONS: LiteralString = """
    SELECT id, field_id, label, labels, color, retired_at IS NOT NULL AS is_retired, merged_into
      FROM crm_field_option ORDER BY position, id"""
ADD: LiteralString = """
    INSERT INTO crm_field (id, object, key, alias, type, slot, label, labels, group_name, position, moving_after)
    SELECT n.id, $1, $2, $3, $4, n.id, $5, $6, $7,
           (SELECT coalesce(max(position), 0) + 1 FROM crm_field WHERE object = $1), CASE WHEN $3 <> '' THEN 0 END
      FROM (SELECT nextval('crm_field_id_seq') AS id) AS n
        ON CONFLICT DO NOTHING RETURNING id"""
LOCK: LiteralString = "SELECT version FROM crm_field_version FOR UPDATE"
SAVE: LiteralString = """
    UPDATE crm_field SET label = $2, labels = $3, group_name = $4, preset = $5, required_at = $6 WHERE id = $1"""
RETIRE: LiteralString = "UPDATE crm_field SET retired_at = CASE WHEN $2 THEN now() END WHERE id = $1"
ORDER: LiteralString = """
    UPDATE crm_field f SET position = o.n FROM unnest($2::bigint[]) WITH ORDINALITY AS o (id, n)
     WHERE f.id = o.id AND f.object = $1"""
ADD_OPTION: LiteralString = """
    INSERT INTO crm_field_option (field_id, label, labels, color, position)
    VALUES ($1, $2, $3, $4, (SELECT coalesce(max(position), 0) + 1 FROM crm_field_option WHERE field_id = $1))
    RETURNING id"""
SAVE_OPTION: LiteralString = (
    "UPDATE crm_field_option SET label = $3, labels = $4, color = $5 WHERE id = $2 AND field_id = $1"
)
RETIRE_OPTION: LiteralString = """
    UPDATE crm_field_option SET retired_at = CASE WHEN $3 THEN now() END, merged_into = NULL
     WHERE id = $2 AND field_id = $1"""
MERGE_OPTION: LiteralString = """
    UPDATE crm_field_option SET retired_at = coalesce(retired_at, now()), merged_into = $3
     WHERE id = $2 AND field_id = $1"""
ORDER_OPTIONS: LiteralString = """
    UPDATE crm_field_option p SET position = o.n FROM unnest($2::bigint[]) WITH ORDINALITY AS o (id, n)
     WHERE p.id = o.id AND p.field_id = $1"""
FIND: LiteralString = """
    INSERT INTO crm_field_found (object, name) SELECT $1, unnest($2::text[])
        ON CONFLICT DO NOTHING"""
FOUND: LiteralString = """
    SELECT object, name, found_at FROM crm_field_found WHERE NOT is_aside ORDER BY object, name LIMIT 200"""
FORGET: LiteralString = "DELETE FROM crm_field_found WHERE object = $1 AND name = $2"
ASIDE: LiteralString = "UPDATE crm_field_found SET is_aside = true WHERE object = $1 AND name = $2"
STAGES: LiteralString = "SELECT count(*) FROM crm_stage WHERE id = ANY($1::integer[])"

TABLES: Final[Mapping[str, LiteralString]] = {
    "contact": "crm_contact",
    "company": "crm_company",
    "deal": "crm_deal",
    "lead": "crm_lead",
    "task": "crm_task",
}
MOVING: LiteralString = """
    WITH these AS (SELECT id FROM {table} WHERE id > $1 ORDER BY id LIMIT $2),
    moved AS (
        UPDATE {table} t SET fields = t.fields - $3::text[] || m.moved
          FROM (SELECT r.id, jsonb_object_agg(n.slot, r.fields -> n.alias) AS moved
                  FROM these s JOIN {table} r USING (id) CROSS JOIN unnest($3::text[], $4::text[]) AS n (alias, slot)
                 WHERE r.fields ? n.alias AND NOT r.fields ? n.slot
                   AND jsonb_typeof(r.fields -> n.alias) IN ('string', 'number', 'boolean') GROUP BY r.id) AS m
         WHERE t.id = m.id RETURNING t.id)
    SELECT (SELECT max(id) FROM these) AS last, coalesce((SELECT array_agg(id) FROM moved), '{}') AS moved"""
CAUSE: LiteralString = """
    SELECT set_config('hub.cause', jsonb_build_object('id', gen_random_uuid(), 'kind', 'field.move', 'cause', 'system')::text,
                      true)::jsonb ->> 'id'"""
UNREMEMBER: LiteralString = """
    WITH done AS (SELECT set_config('hub.cause', '', true)), gone AS (DELETE FROM crm_history WHERE act = $1::uuid)
    DELETE FROM crm_act USING done WHERE id = $1::uuid"""
RENAME: LiteralString = """
    UPDATE crm_history h SET field = 'fields.' || n.slot FROM unnest($3::text[], $4::text[]) AS n (alias, slot)
     WHERE h.object = $1 AND h.record = ANY($2::bigint[]) AND h.field = 'fields.' || n.alias"""
MOVED: LiteralString = "UPDATE crm_field SET moving_after = $2 WHERE id = ANY($1::bigint[])"
WITH_VALUE: LiteralString = "SELECT count(*) FROM (SELECT FROM {table} WHERE fields ? $1::text LIMIT $2) AS n"
SAMPLES: LiteralString = """
    SELECT DISTINCT left(v, 100) AS v FROM (SELECT fields ->> $1::text AS v FROM (
           SELECT fields FROM {table} ORDER BY id DESC LIMIT 2000) AS newest WHERE fields ? $1::text LIMIT 50) AS s LIMIT 3"""
THERE: Final[Mapping[FieldType, LiteralString]] = {
    FieldType.USER: "SELECT id, name FROM crm_user WHERE id = ANY($2::bigint[]) AND $1::integer IS NOT DISTINCT FROM $1",
    FieldType.PERSON: f"""SELECT i.id, t.name FROM crm_contact i JOIN crm_contact t ON t.id = i.root_id
        WHERE i.id = ANY($2::bigint[]) AND {visibility.CONTACT_ROW.replace("{t}", "t")}""",
    FieldType.COMPANY: f"""SELECT t.id, t.name FROM crm_company t
        WHERE t.id = ANY($2::bigint[]) AND {visibility.OWNED_ROW.replace("{t}", "t")}""",
    FieldType.DEAL: f"""SELECT t.id, t.title AS name FROM crm_deal t
        WHERE t.id = ANY($2::bigint[]) AND {visibility.OWNED_ROW.replace("{t}", "t")}""",
}


async def version(conn: Conn) -> str:
    return await conn.fetchval(VERSION)


async def all_fields(conn: Conn) -> tuple[OwnField, ...]:
    options: dict[int, list[OwnOption]] = {}
    for row in await conn.fetch(OPTIONS):
        values = dict(row)
        options.setdefault(values.pop("field_id"), []).append(OwnOption(**values))
    return tuple(_field(dict(row), options.get(row["id"], [])) for row in await conn.fetch(ALL))


def _field(row: dict[str, Any], options: Sequence[OwnOption]) -> OwnField:
    values: dict[str, Any] = {
        **row,
        "type": FieldType(row["type"]),
        "required_at": tuple(row["required_at"]),
        "options": tuple(options),
    }
    return OwnField(**values)


async def lock(conn: Conn) -> None:
    """One person at a time changes fields."""
    await conn.fetchval(LOCK)


async def add(conn: Conn, new: NewField) -> int | None:
    """None when the key or the free key is taken."""
    return await conn.fetchval(
        ADD, new.object, new.key, new.alias, new.type.value, new.label, dict(new.labels), new.group
    )


async def save(conn: Conn, id_: int, values: FieldValues) -> None:
    await conn.execute(
        SAVE, id_, values.label, dict(values.labels), values.group, values.preset, list(values.required_at)
    )


async def retire(conn: Conn, id_: int, *, is_retired: bool) -> None:
    await conn.execute(RETIRE, id_, is_retired)


async def order(conn: Conn, object: str, ids: Sequence[int]) -> None:
    await conn.execute(ORDER, object, list(ids))


async def add_option(conn: Conn, field_id: int, new: NewOption) -> int:
    return await conn.fetchval(ADD_OPTION, field_id, new.label, dict(new.labels), new.color)


async def save_option(conn: Conn, field_id: int, id_: int, option: NewOption) -> None:
    await conn.execute(SAVE_OPTION, field_id, id_, option.label, dict(option.labels), option.color)


async def retire_option(conn: Conn, field_id: int, id_: int, *, is_retired: bool) -> None:
    await conn.execute(RETIRE_OPTION, field_id, id_, is_retired)


async def merge_option(conn: Conn, field_id: int, id_: int, *, into: int) -> None:
    await conn.execute(MERGE_OPTION, field_id, id_, into)


async def order_options(conn: Conn, field_id: int, ids: Sequence[int]) -> None:
    await conn.execute(ORDER_OPTIONS, field_id, list(ids))


async def remember_found(conn: Conn, object: str, names: Sequence[str]) -> None:
    await conn.execute(FIND, object, sorted(names))


async def found(conn: Conn) -> list[Found]:
    return [Found(**dict(row)) for row in await conn.fetch(FOUND)]


async def forget_found(conn: Conn, object: str, name: str) -> None:
    await conn.execute(FORGET, object, name)


async def set_aside(conn: Conn, object: str, name: str) -> None:
    await conn.execute(ASIDE, object, name)


async def are_stages(conn: Conn, ids: Sequence[int]) -> bool:
    return await conn.fetchval(STAGES, list(ids)) == len(set(ids))


async def names(conn: Conn, scope: int | None, type: FieldType, ids: Sequence[int]) -> dict[int, str]:
    """Names of the records of these ids that are there and that the viewer sees."""
    return {row["id"]: row["name"] for row in await conn.fetch(THERE[type], scope, list(ids))}


async def with_value(conn: Conn, object: str, place: str, *, limit: int) -> int:
    """How many records have a value, counted no further than `limit`."""
    return await conn.fetchval(WITH_VALUE.replace("{table}", TABLES[object]), place, limit)


async def samples(conn: Conn, object: str, name: str) -> tuple[str, ...]:
    """Some values among the newest records."""
    rows = await conn.fetch(SAMPLES.replace("{table}", TABLES[object]), name)
    return tuple(row["v"] for row in rows if row["v"])


async def move(
    conn: Conn, object: str, places: Mapping[str, str], *, after: int, limit: int
) -> tuple[int | None, int]:
    """Move values from free keys to slots in the next records: the last of them, None where there are none, and how many.

    Within a transaction. That they moved is no change of theirs: the history goes on under the slot.
    """
    statement = MOVING.replace("{table}", TABLES[object])
    act = await conn.fetchval(CAUSE)
    row = await conn.fetchrow(statement, after, limit, list(places), list(places.values()))
    assert row is not None
    await conn.execute(UNREMEMBER, act)
    await conn.execute(RENAME, object, row["moved"], list(places), list(places.values()))
    return row["last"], len(row["moved"])


async def moved(conn: Conn, ids: Sequence[int], *, after: int | None) -> None:
    """Values of these fields have moved up to a record; None is all of them."""
    await conn.execute(MOVED, list(ids), after)
