"""SQL of files that jobs write in parts."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

ADD: LiteralString = """
    INSERT INTO hub_job_part (job_id, n, part, content) VALUES ($1, $2, $3, $4)
    ON CONFLICT (job_id, n, part) DO UPDATE SET content = EXCLUDED.content"""
NEXT: LiteralString = """
    SELECT part, content FROM hub_job_part WHERE job_id = $1 AND n = $2 AND part > $3 ORDER BY part LIMIT 1"""
DROP: LiteralString = "DELETE FROM hub_job_part WHERE job_id = $1 AND n = $2"


async def add(conn: Conn, job_id: int, n: int, part: int, content: bytes) -> None:
    """Written again it is replaced: a batch that was rolled back left nothing, a repeated one leaves one."""
    await conn.execute(ADD, job_id, n, part, content)


async def after(conn: Conn, job_id: int, n: int, part: int) -> tuple[int, bytes] | None:
    """The part that follows; None at the end."""
    row = await conn.fetchrow(NEXT, job_id, n, part)
    return (row["part"], bytes(row["content"])) if row else None


async def drop(conn: Conn, job_id: int, n: int) -> None:
    await conn.execute(DROP, job_id, n)
