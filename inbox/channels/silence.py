"""The silence alarm: a channel that is connected but has been quiet for improbably long, learnt from its own history."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.channels import store

# Usual traffic is that of the last fourteen days. A gap is improbable when at least MANY inputs would have come in it.
TOUCH: LiteralString = """
    UPDATE inbox_channel c SET last_in_at = greatest(coalesce(c.last_in_at, j.at), j.at)
      FROM (SELECT ch.id, (SELECT received_at FROM inbox_journal j WHERE j.channel_id = ch.id ORDER BY j.id DESC LIMIT 1) AS at
              FROM inbox_channel ch WHERE ch.deleted_at IS NULL) AS j
     WHERE c.id = j.id AND j.at IS NOT NULL AND (c.last_in_at IS NULL OR c.last_in_at < j.at)"""
QUIET: LiteralString = """
    WITH usual AS (
        SELECT channel_id, sum(n)::float8 / 14 AS per_day
          FROM inbox_ledger
         WHERE what = 'received' AND day BETWEEN (now() AT TIME ZONE 'UTC')::date - 14 AND (now() AT TIME ZONE 'UTC')::date - 1
         GROUP BY channel_id HAVING count(DISTINCT day) >= 5
    )
    SELECT c.id, c.name, c.sentence, extract(epoch FROM now() - c.last_in_at)::float8 / 3600 AS hours, u.per_day
      FROM inbox_channel c JOIN usual u ON u.channel_id = c.id
     WHERE c.deleted_at IS NULL AND c.state = 'connected' AND NOT c.is_paused AND c.last_in_at IS NOT NULL"""
SAY: LiteralString = "UPDATE inbox_channel SET sentence = $2, remedy = $3 WHERE id = $1 AND sentence <> $2"

MANY = 12
AT_LEAST_HOURS = 3


async def look(conn: Conn) -> list[Change]:
    """Remember when channels last heard something, and raise the alarm for those that are unusually quiet."""
    await conn.execute(TOUCH)
    changes: list[Change] = []
    for row in await conn.fetch(QUIET):
        if row["hours"] < AT_LEAST_HOURS or row["hours"] / 24 * row["per_day"] < MANY:
            continue
        sentence = (
            f"Connected, but nothing came for {row['hours']:.0f} hours; usually {row['per_day']:.0f} a day."
        )
        remedy = "Send a message to it yourself; if it does not arrive, look at the provider's side."
        if row["sentence"].startswith("Connected, but nothing came"):
            continue
        await conn.execute(SAY, row["id"], sentence, remedy)
        await store.log(conn, row["id"], sentence, level="warning")
        changes.append(Change(kind="channel", channel_id=row["id"], data={"alarm": "silence"}))
    return changes
