"""What a database holds before it is backed up."""

from __future__ import annotations

from hub.database import Connection

KEY = "k" * 64
ATTACHMENT = bytes(range(256)) * 4096
NAUGHTY = "Иван\tស្រី\\N \\. \n 'quoted' \x01 🚲"

WRITE = """
    WITH c AS (INSERT INTO crm_company (name, note) VALUES ($1, $2) RETURNING id)
    INSERT INTO hub_audit (action, target, data) SELECT 'test.written', id::text, $3 FROM c"""


async def fill(conn: Connection) -> None:
    name = NAUGHTY.replace("\x01", "")
    await conn.execute("INSERT INTO crm_user (email, name, role) VALUES ('a@b.c', $1, 'admin')", name)
    await conn.execute(
        "INSERT INTO inbox_blob (sha256, size, content) VALUES (sha256($1), length($1), $1)", ATTACHMENT
    )
    await conn.execute(
        "WITH i AS (SELECT nextval(pg_get_serial_sequence('crm_contact', 'id')) AS id FROM generate_series(1, 50)) "
        "INSERT INTO crm_contact (id, root_id, name, fields, tags) OVERRIDING SYSTEM VALUE "
        "SELECT id, id, $1, $2, ARRAY['a,b', '{}', 'NULL'] FROM i",
        NAUGHTY,
        {"deep": [NAUGHTY, None, 1.5]},
    )
    await conn.execute("UPDATE crm_contact SET merged_into = 3, root_id = 3 WHERE id = 2")
    for n in range(20):
        await conn.execute(WRITE, f"firm {n}", NAUGHTY, {"n": n})


async def checksums(conn: Connection) -> dict[str, str | None]:
    names = [
        row["name"]
        for row in await conn.fetch(
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'hub_migration'"
        )
    ]
    return {
        name: await conn.fetchval(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t")
        for name in names
    }
