"""SQL of what providers say of our messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from connectors.contract import Receipt
from crm_core.sql import Conn
from values.kept import kept

RISING = ["pending", "sending", "unknown", "sent", "delivered", "read", "failed"]
APPLY: LiteralString = """
    WITH told AS (
        SELECT DISTINCT ON (channel_id, external_id) *
          FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS t (channel_id, external_id, state, reason)
         ORDER BY channel_id, external_id, array_position($5::text[], state) DESC
    ), raised AS (
        UPDATE inbox_message m SET delivery = t.state, delivery_reason = t.reason
          FROM told t
         WHERE m.channel_id = t.channel_id AND m.external_id = t.external_id AND m.direction = 'out'
           AND array_position($5::text[], t.state) > coalesce(array_position($5::text[], m.delivery), 0)
        RETURNING m.id
    )
    SELECT t.channel_id, t.external_id, t.state, m.id AS message_id, m.conversation_id, r.id IS NOT NULL AS is_raised
      FROM told t
      LEFT JOIN inbox_message m ON m.channel_id = t.channel_id AND m.external_id = t.external_id
      LEFT JOIN raised r ON r.id = m.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The highest state that was told of a message. Without a message there is none of ours; `is_raised`: it was news."""

    channel_id: int
    external_id: str
    state: str
    message_id: int | None
    conversation_id: int | None
    is_raised: bool


async def apply(conn: Conn, told: Sequence[tuple[int, Receipt]]) -> list[Applied]:
    """Raise the state of messages, each named by its channel and its receipt."""
    rows = await conn.fetch(
        APPLY,
        [channel for channel, _ in told],
        [receipt.external_id for _, receipt in told],
        [receipt.state.value for _, receipt in told],
        [kept(receipt.reason, 300) for _, receipt in told],
        RISING,
    )
    return [Applied(**dict(row)) for row in rows]
