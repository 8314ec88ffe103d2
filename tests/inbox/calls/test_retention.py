"""Recordings are deleted in time, really, and do not come back."""

from __future__ import annotations

from typing import Any

from inbox.calls import retention
from inbox.files import store as files
from tests.inbox.calls.ringing import rule, tell
from tests.world import World


async def recorded(world: World, call_id: str, content: bytes) -> Any:
    """A call of yesterday with its recording fetched."""
    await tell(world, "ended", call_id=call_id, outcome="answered", duration=20)
    await tell(world, "recorded", call_id=call_id, recording_url=f"https://pbx.example/{call_id}.mp3")
    id_ = await world.value("SELECT attachment_id FROM inbox_call WHERE call_id = $1", call_id)
    async with world.pool.acquire() as conn, conn.transaction():
        await files.fetched(conn, id_, content=content, mime="audio/mpeg")
    await world.pool.execute("UPDATE inbox_call SET started_at = now() - interval '8 days'")
    return id_


async def test_a_recording_is_really_gone_when_its_time_is_over(world: World) -> None:
    first = await recorded(world, "c1", b"one")
    await recorded(world, "c2", b"two")
    await world.pool.execute("UPDATE inbox_call SET started_at = now() WHERE call_id = 'c2'")
    assert await retention.forget_old(world.pool) == []
    await rule(world, recording_days=7)
    assert len(await retention.forget_old(world.pool)) == 1
    assert await retention.forget_old(world.pool) == []
    contents = [row["content"] for row in await world.fetch("SELECT content FROM inbox_blob")]
    assert contents == [b"two"]
    [row] = await world.fetch("SELECT note, url, sha256, fetch_at FROM inbox_attachment WHERE id = $1", first)
    assert tuple(row.values()) == ("Recording deleted after 7 days.", "", None, None)


async def test_a_deleted_recording_does_not_come_back_by_a_late_step(world: World) -> None:
    await recorded(world, "c1", b"one")
    await rule(world, recording_days=7)
    await retention.forget_old(world.pool)
    await tell(world, "recorded", call_id="c1", recording_url="https://pbx.example/again.mp3")
    assert await world.value("SELECT count(*) FROM inbox_attachment") == 1
    await world.pool.execute("UPDATE inbox_call SET started_at = now() - interval '8 days'")
    await retention.forget_old(world.pool)
    assert await world.value("SELECT count(*) FROM inbox_blob") == 0


async def test_bytes_that_another_file_has_too_stay(world: World) -> None:
    await recorded(world, "c1", b"same")
    await recorded(world, "c2", b"same")
    await world.pool.execute("UPDATE inbox_call SET started_at = now() WHERE call_id = 'c2'")
    await rule(world, recording_days=7)
    await retention.forget_old(world.pool)
    assert await world.value("SELECT count(*) FROM inbox_blob") == 1
