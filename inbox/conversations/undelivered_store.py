"""Whether our last words arrived: what did not is marked on the conversation's row, and its customer waits (again).

Counters follow by the triggers of the table; a batch of outcomes costs two statements here, whatever the size of the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString

from crm_core.sql import Conn

# Of what we said since the customer's last word: the last that did not arrive, and whether a person's answer did.
SETTLE: LiteralString = """
    WITH asked AS (
        SELECT c.id, coalesce((SELECT max(m.id) FROM inbox_message m
                                WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.author = 'person'), 0) AS last_in
          FROM inbox_conversation c WHERE c.id = ANY($1::bigint[]) OR (c.id = ANY($2::bigint[]) AND c.undelivered <> '')
    ), judged AS (
        SELECT a.id, bad.how, bad.created_at,
               EXISTS (SELECT 1 FROM inbox_message m
                        WHERE m.conversation_id = a.id AND m.id > a.last_in AND m.direction = 'out' AND m.author = 'user'
                          AND m.delivery NOT IN ('failed', 'unknown', 'cancelled')) AS is_answered,
               (SELECT min(m.created_at) FROM inbox_message m
                 WHERE m.conversation_id = a.id AND m.direction = 'in' AND m.author = 'person' AND m.id > coalesce((
                       SELECT max(o.id) FROM inbox_message o
                        WHERE o.conversation_id = a.id AND o.direction = 'out' AND o.author = 'user'
                          AND o.delivery IN ('', 'sent', 'delivered', 'read')), 0)) AS unanswered_since
          FROM asked a
          LEFT JOIN LATERAL (
               SELECT CASE m.delivery WHEN 'pending' THEN 'held' ELSE m.delivery END AS how, m.created_at FROM inbox_message m
                WHERE m.conversation_id = a.id AND m.id > a.last_in AND m.direction = 'out'
                  AND (m.delivery IN ('failed', 'unknown') OR (m.delivery = 'pending' AND EXISTS (
                       SELECT 1 FROM inbox_outbox o WHERE o.message_id = m.id AND o.state = 'credentials')))
                ORDER BY m.id DESC LIMIT 1) AS bad ON true
    )
    UPDATE inbox_conversation c
       SET undelivered = coalesce(j.how, ''),
           waiting_since = CASE WHEN j.how IS NOT NULL THEN coalesce(c.waiting_since, j.unanswered_since, j.created_at)
                                WHEN j.is_answered THEN NULL ELSE c.waiting_since END,
           state = CASE WHEN j.how IS NULL OR o.id IS NOT NULL THEN c.state ELSE 'open' END,
           snoozed_until = CASE WHEN j.how IS NULL OR o.id IS NOT NULL THEN c.snoozed_until END,
           closed_at = CASE WHEN j.how IS NULL OR o.id IS NOT NULL THEN c.closed_at END
      FROM judged j
      LEFT JOIN LATERAL (
           SELECT x.id FROM inbox_conversation k JOIN inbox_conversation x
             ON (x.channel_id, x.handle_kind, x.handle_value, x.thread)
              = (k.channel_id, k.handle_kind, k.handle_value, k.thread) AND x.id <> k.id AND x.state <> 'closed'
            WHERE k.id = j.id AND k.state = 'closed' LIMIT 1) AS o ON true
     WHERE c.id = j.id AND (j.how IS NOT NULL OR c.undelivered <> '')
    RETURNING c.id"""
# Before outcomes are recorded: whoever writes into these conversations locks them first, too.
LOCK: LiteralString = """
    SELECT c.id FROM inbox_conversation c
     WHERE c.id IN (SELECT conversation_id FROM inbox_outbox WHERE id = ANY($1::uuid[]))
       AND (c.undelivered <> '' OR c.id IN (SELECT conversation_id FROM inbox_outbox WHERE id = ANY($2::uuid[])))
     ORDER BY c.id FOR UPDATE"""


async def lock(conn: Conn, *, outbox_ids: Iterable[object], failed: Iterable[object]) -> None:
    """Lock the conversations whose row will change by these outcomes."""
    await conn.execute(LOCK, list(outbox_ids), list(failed))


async def settle(conn: Conn, *, failed: Iterable[int] = (), arrived: Iterable[int] = ()) -> None:
    """Bring rows up to date after messages of `failed` conversations failed, and after something of `arrived` ones went out:
    only those among the latter that are marked cost more than a look."""
    bad, good = sorted(set(failed)), sorted(set(arrived))
    if bad or good:
        await conn.execute(SETTLE, bad, good)
