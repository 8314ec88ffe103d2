"""What was claimed, but not begun when the database went away, is sent soon after; it does not wait to be found dead."""

from __future__ import annotations

import asyncpg
import pytest

from inbox.delivery import store
from tests.world import World


async def test_a_claim_that_could_not_be_launched_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([True])
    reserve = store.reserve

    async def lost_once(conn: asyncpg.Connection, channel_id: int, seconds: float) -> float:
        if next(failures, False):
            raise asyncpg.InterfaceError("connection is closed")
        return await reserve(conn, channel_id, seconds)

    monkeypatch.setattr(store, "reserve", lost_once)
    await world.post(sender="+12025550100", text="hello")
    await world.delivered()
    assert await world.value("SELECT count(*) FROM inbox_outbox WHERE state <> 'sent'") == 0
    assert set(world.sink.seen.values()) == {1}
    assert next(failures, None) is None
