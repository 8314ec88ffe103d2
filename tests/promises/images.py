"""Every row of every table as it is, to compare before and after; what may differ is named here, and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from tests.world import World

HISTORY = {
    *(
        "crm_activity",
        "hub_audit",
        "crm_act",
        "crm_act_image",
        "crm_subscription",
    ),  # what happened stays told
    *("inbox_bot_delta", "inbox_bot_total"),  # the bot's statistics count what was begun, undone or not
    *("inbox_move", "crm_merge", "inbox_said"),  # who moved and merged what, and that it was undone
    *("inbox_counter", "crm_stage_total"),  # differences; their sums are compared
    *("inbox_channel", "inbox_pace", "inbox_rest", "hub_session", "inbox_checkpoint"),  # how the machine is
}
"""Tables that are history, or sums that are compared as such, or of the machine."""
RISING = {"fence", "version", "updated_at", "seq", "changed_tx"}
"""Columns that only rise: a number that has been used is not used again."""
SUMS = {
    "inbox_counter": "SELECT assignee_id, state, sum(n) AS n, sum(unread) AS unread, sum(waiting) AS waiting"
    " FROM inbox_counter GROUP BY 1, 2 HAVING sum(n) <> 0 OR sum(unread) <> 0 OR sum(waiting) <> 0",
    "crm_stage_total": "SELECT stage_id, owner_id, currency, sum(deals) AS deals, sum(amount) AS amount"
    " FROM crm_stage_total GROUP BY 1, 2, 3 HAVING sum(deals) <> 0 OR sum(amount) <> 0",
}


async def image(world: World) -> Counter[str]:
    """All rows, each as one text."""
    found: Counter[str] = Counter()
    tables = await world.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '^(crm|inbox|hub)_'"
    )
    for table in sorted(row["name"] for row in tables):
        if table not in HISTORY and not table.startswith("crm_history_"):
            rows = await world.fetch(f'SELECT to_jsonb(t) AS row FROM "{table}" AS t')
            found.update(f"{table} {_text(row['row'])}" for row in rows)
    for table, query in SUMS.items():
        found.update(f"{table} {_text(row)}" for row in await world.fetch(query))
    return found


def _text(row: Any) -> str:
    kept = {name: value for name, value in dict(row).items() if name not in RISING}
    return orjson.dumps(kept, default=str, option=orjson.OPT_SORT_KEYS).decode()


def differences(before: Counter[str], after: Counter[str]) -> list[str]:
    """What is gone (-) and what is new (+), for the message of a failed test."""
    return [f"- {row}" for row in (before - after)] + [f"+ {row}" for row in (after - before)]
