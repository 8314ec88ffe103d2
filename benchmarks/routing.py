"""Routing decisions a second with 200 managers: the choice alone, and waiting conversations given out on the database."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage
from crm_core.users import presence
from hub.database import create_pool
from inbox.routing import rule_store, service, store
from inbox.routing.choosing import Allocator
from inbox.routing.model import About, Request
from inbox.routing.rules import Facts, Rule, first

MANAGERS = 200
TEAMS = ("sales", "service", "billing", "export")
LANGUAGES = ("en", "km", "ru")
WAITING = """
    WITH fresh AS MATERIALIZED (SELECT nextval('crm_contact_id_seq') AS id FROM generate_series(1, $1::int)),
    people AS (
        INSERT INTO crm_contact (id, root_id, name) OVERRIDING SYSTEM VALUE
        SELECT id, id, 'Person ' || id FROM fresh RETURNING id)
    INSERT INTO inbox_conversation (channel_id, contact_id, handle_kind, handle_value, owner, language, last_text,
                                    waiting_since)
    SELECT (SELECT min(id) FROM inbox_channel), id, 'phone', '+1202' || lpad(id::text, 7, '0'), 'queue',
           (ARRAY['en', 'km', 'ru'])[1 + id % 3], 'a question about topic' || id % 40, now() - make_interval(secs => id)
      FROM people"""
OLD_DEALS = """
    INSERT INTO crm_deal (contact_id, pipeline_id, stage_id, title, closed_at)
    SELECT c.id, s.pipeline_id, s.id, 'An old deal', now() FROM crm_contact c, crm_stage s WHERE s.kind = 'lost'"""
GIVEN = "SELECT count(*) FROM inbox_conversation WHERE assignee_id IS NOT NULL"
MOST = "SELECT max(n) - min(n) FROM (SELECT count(*) AS n FROM inbox_conversation GROUP BY assignee_id) AS counted"


async def run(stage: Stage, *, waiting: int) -> list[dict[str, Any]]:
    """A row a way: in memory, then `waiting` conversations drained by 100 a transaction, deal cards included."""
    await sink_channel(stage, managers=MANAGERS)
    pool = await create_pool(stage.database_url, application="bench")
    async with pool.acquire() as conn, conn.transaction():
        on_duty = await presence.available(conn)
        for n, user in enumerate(on_duty):
            about = About(user_id=user.id, teams=(TEAMS[n % 4],), languages=(LANGUAGES[n % 3], "en"))
            await store.save_about(conn, about)
        for n in range(20):
            rule = Rule(
                name=f"Rule {n}", words=(f"topic{n}",), to=TEAMS[n % 4], way="least" if n % 2 else "turn"
            )
            await rule_store.add(conn, rule)
        await conn.execute("UPDATE crm_user SET capacity = $1", waiting)
        await conn.execute(WAITING, waiting)
        await conn.execute(OLD_DEALS)
        await conn.execute("ANALYZE")  # as in a house that has been open for a while
        rules, about = await rule_store.rules(conn), await store.about(conn, datetime.now(UTC))
    rows = [_choices(on_duty, about, rules, waiting)]
    began = time.perf_counter()
    while int(str(await stage.fetchval(GIVEN))) < waiting:
        async with pool.acquire() as conn, conn.transaction():
            await service.drain(conn)
    took = time.perf_counter() - began
    spread = await stage.fetchval(MOST)
    await pool.close()
    rows.append(
        {
            "way": "drained on the database",
            "decisions": waiting,
            "per_s": round(waiting / took),
            "spread": spread,
        }
    )
    return rows


def _choices(on_duty: Any, about: Any, rules: Any, count: int) -> dict[str, Any]:
    desk = Allocator(on_duty, load={}, about=about, now=datetime.now(UTC))
    began = time.process_time()
    for n in range(count):
        facts = Facts(language=LANGUAGES[n % 3], words=f"a question about topic{n % 40}")
        desk.allocate(Request(language=LANGUAGES[n % 3], rule=first(rules, facts)))
    took = time.process_time() - began
    return {"way": "the choice alone", "decisions": count, "per_s": round(count / took), "spread": ""}
