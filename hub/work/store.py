"""SQL of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from crm_core.sql import Conn
from hub.work.model import Claimed, Count, Job, JobFile, Payload
from values.kept import kept, read_kept_in

ADD: LiteralString = """
    INSERT INTO hub_job (kind, user_id, payload, total) VALUES ($1, $2, $3, $4) RETURNING id"""
COLUMNS: LiteralString = """
    j.id, j.kind, j.state, j.user_id, j.done, j.total,
    CASE WHEN j.state = 'running' AND j.moved_at > j.leased_at AND j.done > j.leased_done
         THEN (j.done - j.leased_done) / extract(epoch FROM j.moved_at - j.leased_at)::float8 END AS rate,
    j.said, j.result, j.attempts, j.is_cancelled, j.due_at, j.created_at, j.started_at, j.moved_at, j.ended_at"""
GET: LiteralString = f"""
    SELECT {COLUMNS} FROM hub_job j WHERE j.id = $1 AND ($2::int IS NULL OR j.user_id = $2)"""
LIST: LiteralString = f"""
    SELECT {COLUMNS} FROM hub_job j
     WHERE ($1::int IS NULL OR j.user_id = $1) AND ($2::text IS NULL OR j.state = $2) AND ($3::bigint IS NULL OR j.id < $3)
     ORDER BY j.id DESC LIMIT $4"""
OF: LiteralString = f"SELECT {COLUMNS} FROM hub_job j WHERE j.id = ANY($1::bigint[])"
UNREAD: LiteralString = f"""
    SELECT {COLUMNS} FROM hub_job j
     WHERE j.user_id = ANY($1::int[]) AND j.ended_at IS NOT NULL AND j.read_at IS NULL ORDER BY j.id DESC"""
READ: LiteralString = """
    UPDATE hub_job SET read_at = now()
     WHERE user_id = $1 AND id = ANY($2::bigint[]) AND ended_at IS NOT NULL AND read_at IS NULL"""
PAYLOAD: LiteralString = "SELECT payload FROM hub_job WHERE id = $1"
FILES: LiteralString = """
    SELECT f.n, f.name, f.mime,
           length(f.content) + coalesce((SELECT sum(length(p.content)) FROM hub_job_part p
                                          WHERE p.job_id = f.job_id AND p.n = f.n), 0)::bigint AS size
      FROM hub_job_file f WHERE f.job_id = $1 ORDER BY f.n"""
FILE: LiteralString = "SELECT name, mime, content FROM hub_job_file WHERE job_id = $1 AND n = $2"
ADD_FILE: LiteralString = """
    INSERT INTO hub_job_file (job_id, n, name, mime, content)
    SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4 FROM hub_job_file WHERE job_id = $1"""
# A queued one is over at once; a running one is told at its next checkpoint, or when its lease is renewed.
CANCEL: LiteralString = """
    UPDATE hub_job
       SET is_cancelled = true, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
           ended_at = CASE state WHEN 'queued' THEN now() END
     WHERE id = $1 AND state IN ('queued', 'running')"""
REPEAT: LiteralString = """
    UPDATE hub_job
       SET state = 'queued', is_cancelled = false, attempts = 0, due_at = now(), said = '', ended_at = NULL,
           read_at = NULL
     WHERE id = $1 AND state IN ('failed', 'cancelled')"""
# Whose worker died while it was to stop has stopped; who died too often on one spot has failed.
BURY: LiteralString = """
    UPDATE hub_job
       SET state = CASE WHEN is_cancelled THEN 'cancelled' ELSE 'failed' END,
           said = CASE WHEN is_cancelled THEN '' ELSE $1 END, ended_at = now(), lease_until = NULL
     WHERE id IN (SELECT id FROM hub_job
                   WHERE state = 'running' AND lease_until < now() AND (is_cancelled OR attempts >= $2)
                     FOR UPDATE SKIP LOCKED)
    RETURNING id"""
DUE: LiteralString = """
    SELECT id, fence FROM hub_job
     WHERE ((state = 'queued' AND due_at <= now()) OR (state = 'running' AND lease_until < now())) AND kind = ANY($1)
     ORDER BY due_at, id
     LIMIT greatest(0, $2 - (SELECT count(*) FROM hub_job WHERE state = 'running' AND lease_until >= now()))"""
CLAIM: LiteralString = """
    UPDATE hub_job
       SET state = 'running', fence = fence + 1, lease_owner = $3, lease_until = now() + make_interval(secs => $4),
           leased_at = clock_timestamp(), leased_done = done, moved_at = clock_timestamp(),
           started_at = coalesce(started_at, now()), attempts = attempts + 1
     WHERE id = (SELECT id FROM hub_job
                  WHERE id = $1 AND kind = ANY($2)
                    AND ((state = 'queued' AND due_at <= now())
                          OR (state = 'running' AND lease_until < now() AND NOT is_cancelled))
                    FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, user_id, payload, checkpoint, done, total, attempts, fence"""
RENEW: LiteralString = """
    UPDATE hub_job SET lease_until = now() + make_interval(secs => $3)
     WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING is_cancelled"""
MARK: LiteralString = """
    UPDATE hub_job
       SET checkpoint = $3, done = $4, total = coalesce($5, total), attempts = 0, moved_at = clock_timestamp(),
           lease_until = clock_timestamp() + make_interval(secs => $6)
     WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING is_cancelled"""
END: LiteralString = """
    UPDATE hub_job
       SET state = $3, said = $4, result = $5, ended_at = now(), lease_until = NULL,
           done = CASE WHEN $3 = 'done' THEN coalesce(total, done) ELSE done END
     WHERE id = $1 AND fence = $2 AND state = 'running'"""
LET_GO: LiteralString = """
    UPDATE hub_job
       SET state = 'queued', due_at = now() + make_interval(secs => $3), said = $4, attempts = greatest(0, attempts - $5::int),
           lease_until = NULL
     WHERE id = $1 AND fence = $2 AND state = 'running'"""
UNDONE: LiteralString = """
    UPDATE hub_job SET result = result || '{"is_undone": true}'
     WHERE id = $1 AND state = 'done' AND NOT result ? 'is_undone'"""
COUNTS: LiteralString = "SELECT kind, state, count(*) AS n FROM hub_job GROUP BY 1, 2"
SWEEP: LiteralString = "DELETE FROM hub_job WHERE ended_at < now() - make_interval(days => $1)"


async def add(
    conn: Conn, kind: str, *, user_id: int | None, payload: Mapping[str, Any], total: int | None
) -> int:
    return await conn.fetchval(ADD, kind, user_id, dict(payload), total)


async def get(conn: Conn, id_: int, *, of_user: int | None) -> Job | None:
    row = await conn.fetchrow(GET, id_, of_user)
    if row is None:
        return None
    files = tuple(JobFile(**dict(one)) for one in await conn.fetch(FILES, id_))
    return _job(row, files=files)


async def listed(
    conn: Conn, *, of_user: int | None, state: str | None, before: int | None, limit: int
) -> list[Job]:
    """Newest first."""
    return [_job(row) for row in await conn.fetch(LIST, of_user, state, before, limit)]


async def of(conn: Conn, ids: list[int]) -> list[Job]:
    """These, whoever began them."""
    return [_job(row) for row in await conn.fetch(OF, ids)]


async def unread(conn: Conn, user_ids: Sequence[int]) -> list[Job]:
    """What of theirs is over and was not read by them, newest first."""
    return [_job(row) for row in await conn.fetch(UNREAD, list(user_ids))]


async def read(conn: Conn, user_id: int, ids: Sequence[int]) -> bool:
    """Whether any of these was unread until now."""
    return await conn.execute(READ, user_id, list(ids)) != "UPDATE 0"


async def payload(conn: Conn, id_: int) -> Payload | None:
    row = await conn.fetchrow(PAYLOAD, id_)
    return Payload(values=row["payload"]) if row else None


async def file(conn: Conn, job_id: int, n: int) -> tuple[str, str, bytes] | None:
    """Name, type and bytes of a file."""
    row = await conn.fetchrow(FILE, job_id, n)
    return (row["name"], row["mime"], bytes(row["content"])) if row else None


async def add_file(conn: Conn, job_id: int, *, name: str, mime: str, content: bytes) -> None:
    await conn.execute(ADD_FILE, job_id, name, mime, content)


async def cancel(conn: Conn, id_: int) -> bool:
    return await conn.execute(CANCEL, id_) == "UPDATE 1"


async def repeat(conn: Conn, id_: int) -> bool:
    return await conn.execute(REPEAT, id_) == "UPDATE 1"


async def bury(conn: Conn, *, said: str, most: int) -> list[int]:
    """End what nobody will take up again; returns which."""
    return [row["id"] for row in await conn.fetch(BURY, kept(said), most)]


async def due(conn: Conn, kinds: Sequence[str], *, at_once: int) -> list[tuple[int, int]]:
    """Id and fence of what may be begun now, when no more than so many run at once."""
    return [(row["id"], row["fence"]) for row in await conn.fetch(DUE, list(kinds), at_once)]


async def claim(conn: Conn, id_: int, kinds: Sequence[str], *, owner: str, lease: float) -> Claimed | None:
    """None where it is over, not due, or held by a living worker."""
    row = await conn.fetchrow(CLAIM, id_, list(kinds), owner, lease)
    return Claimed(**dict(row)) if row else None


async def renew(conn: Conn, id_: int, fence: int, *, lease: float) -> bool | None:
    """Whether somebody asked it to stop; None where the lease is lost."""
    return await conn.fetchval(RENEW, id_, fence, lease)


async def mark(
    conn: Conn,
    id_: int,
    fence: int,
    *,
    state: Mapping[str, Any],
    done: int,
    total: int | None,
    lease: float,
) -> bool | None:
    """The checkpoint of a batch, in its transaction; answers as `renew` does."""
    return await conn.fetchval(MARK, id_, fence, dict(state), done, total, lease)


async def end(conn: Conn, id_: int, fence: int, *, state: str, said: str, result: Mapping[str, Any]) -> bool:
    """False where the lease is lost."""
    return await conn.execute(END, id_, fence, state, kept(said), dict(result)) == "UPDATE 1"


async def let_go(
    conn: Conn, id_: int, fence: int, *, again_in: float, said: str = "", is_try: bool = True
) -> bool:
    """Back into the queue. `is_try` is false where it was no fault of the job's."""
    return await conn.execute(LET_GO, id_, fence, again_in, kept(said), not is_try) == "UPDATE 1"


async def mark_undone(conn: Conn, id_: int) -> bool:
    return await conn.execute(UNDONE, id_) == "UPDATE 1"


async def counts(conn: Conn) -> list[Count]:
    return [Count(**dict(row)) for row in await conn.fetch(COUNTS)]


async def sweep(conn: Conn, *, days: int) -> None:
    """Forget what ended so long ago, with its files."""
    await conn.execute(SWEEP, days)


def _job(row: Any, files: tuple[JobFile, ...] = ()) -> Job:
    return Job(**read_kept_in(row, "said"), files=files)
