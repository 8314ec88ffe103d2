"""SQL of alarms, of who is told of them, and of the letters that tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from hub.alarms.model import Alarm, Letter, Notice, Way
from values.kept import kept, read_kept_in

ALONE: LiteralString = "SELECT pg_try_advisory_xact_lock(hashtextextended('hub alarms', 0))"
KNOWN: LiteralString = "SELECT kind, subject, sentence, since, dismissed_at FROM hub_alarm ORDER BY since"
DISMISS: LiteralString = """
    UPDATE hub_alarm SET dismissed_at = CASE WHEN $3 THEN coalesce(dismissed_at, now()) END
     WHERE kind = $1 AND subject = $2"""
BEGIN: LiteralString = """
    INSERT INTO hub_alarm (kind, subject, sentence) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT DO NOTHING"""
END: LiteralString = """
    DELETE FROM hub_alarm a USING unnest($1::text[], $2::text[]) AS t (kind, subject)
     WHERE a.kind = t.kind AND a.subject = t.subject"""
WRITE: LiteralString = """
    INSERT INTO hub_alarm_letter (way_id, kind, subject, is_over, sentence)
    SELECT w.id, t.kind, t.subject, t.is_over, t.sentence
      FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS t (kind, subject, sentence, is_over)
      JOIN hub_alarm_way w ON t.kind = ANY(w.kinds)
     WHERE NOT t.is_over OR EXISTS (SELECT 1 FROM hub_alarm_letter l
                                     WHERE l.way_id = w.id AND l.kind = t.kind AND l.subject = t.subject)"""
WRITE_TO: LiteralString = """
    INSERT INTO hub_alarm_letter (way_id, kind, subject, is_over, sentence)
    SELECT w.id, t.kind, t.subject, false, t.sentence
      FROM hub_alarm_way w, unnest($2::text[], $3::text[], $4::text[]) AS t (kind, subject, sentence) WHERE w.id = $1"""
TELL: LiteralString = """
    INSERT INTO hub_alarm_way (way, address, channel_id, kinds, language) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (way, address, channel_id) DO UPDATE SET kinds = excluded.kinds, language = excluded.language
    RETURNING id"""
TOLD: LiteralString = """
    SELECT w.id, w.way, w.address, w.channel_id, w.kinds, w.language,
           (SELECT max(sent_at) FROM hub_alarm_letter l WHERE l.way_id = w.id) AS told_at,
           coalesce((SELECT l.reason FROM hub_alarm_letter l WHERE l.way_id = w.id ORDER BY l.id DESC LIMIT 1), '') AS reason
      FROM hub_alarm_way w ORDER BY w.id"""
FORGET: LiteralString = "DELETE FROM hub_alarm_way WHERE id = $1"
CLAIM: LiteralString = """
    UPDATE hub_alarm_letter l SET attempts = l.attempts + 1, due_at = now() + interval '2 minutes'
      FROM hub_alarm_way w
     WHERE w.id = l.way_id
       AND l.id IN (SELECT id FROM hub_alarm_letter WHERE sent_at IS NULL AND due_at <= now() AND attempts < $1
                     ORDER BY due_at, id LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING l.id, l.kind, l.subject, l.is_over, l.sentence, l.attempts, w.way, w.address, w.channel_id, w.language"""
SENT: LiteralString = "UPDATE hub_alarm_letter SET sent_at = now(), reason = '' WHERE id = $1"
LATER: LiteralString = """
    UPDATE hub_alarm_letter SET reason = $2, due_at = now() + make_interval(secs => $3) WHERE id = $1"""
SWEEP: LiteralString = "DELETE FROM hub_alarm_letter WHERE sent_at < now() - interval '30 days'"


async def is_alone(conn: Conn) -> bool:
    """Whether no other process looks now, until the end of this transaction."""
    return await conn.fetchval(ALONE)


async def known(conn: Conn) -> list[Alarm]:
    """The oldest first."""
    return [Alarm(**read_kept_in(row, "sentence")) for row in await conn.fetch(KNOWN)]


async def dismiss(conn: Conn, kind: str, subject: str, *, is_dismissed: bool) -> bool:
    """Whether there is such an alarm."""
    return await conn.execute(DISMISS, kind, subject, is_dismissed) == "UPDATE 1"


async def begin(conn: Conn, notices: Sequence[Notice]) -> None:
    await conn.execute(BEGIN, *_columns(notices))


async def end(conn: Conn, notices: Sequence[Notice]) -> None:
    kinds, subjects, _ = _columns(notices)
    await conn.execute(END, kinds, subjects)


async def write(conn: Conn, notices: Sequence[Notice]) -> int:
    """A letter to each who wants to hear of the kind, and for what is over to each who heard that it began; how many."""
    written = await conn.execute(WRITE, *_columns(notices), [one.is_over for one in notices])
    return int(written.rpartition(" ")[2])


async def write_to(conn: Conn, way_id: int, notices: Sequence[Notice]) -> bool:
    """A letter of each to one of those who are told; False where there is no such one."""
    return await conn.execute(WRITE_TO, way_id, *_columns(notices)) != "INSERT 0 0"


async def tell(
    conn: Conn, *, way: str, address: str, channel_id: int, kinds: Sequence[str], language: str
) -> int:
    return await conn.fetchval(TELL, way, address, channel_id, list(kinds), language)


async def told(conn: Conn) -> list[Way]:
    return [Way(**read_kept_in(row, "reason")) for row in await conn.fetch(TOLD)]


async def forget(conn: Conn, id_: int) -> bool:
    return await conn.execute(FORGET, id_) == "DELETE 1"


async def claim(conn: Conn, *, most_tries: int) -> list[Letter]:
    """Letters that are due; each is due again in two minutes where nobody settles it."""
    return [Letter(**read_kept_in(row, "sentence")) for row in await conn.fetch(CLAIM, most_tries)]


async def sent(conn: Conn, id_: int) -> None:
    await conn.execute(SENT, id_)


async def later(conn: Conn, id_: int, *, reason: str, again_in: float) -> None:
    await conn.execute(LATER, id_, kept(reason, 500), again_in)


async def sweep(conn: Conn) -> None:
    """Forget letters that went out a month ago."""
    await conn.execute(SWEEP)


def _columns(notices: Sequence[Notice]) -> tuple[list[str], list[str], list[str]]:
    return (
        [one.kind for one in notices],
        [one.subject for one in notices],
        [kept(one.sentence, among_words=True) for one in notices],
    )
