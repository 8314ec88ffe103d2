"""The silence alarm: not at night, not on a quiet channel, but when something that always speaks has stopped."""

from __future__ import annotations

import pytest

from inbox.channels import silence
from tests.world import World


async def _past(world: World, *, per_day: int, longest: float, quiet_for: float, days: int = 10) -> None:
    """Ten days of a channel's history, and its last word so many hours ago."""
    await world.fetch(
        "UPDATE inbox_channel SET state = 'connected', last_in_at = now() - make_interval(secs => $1)",
        quiet_for * 3600,
    )
    await world.fetch("DELETE FROM inbox_ledger")
    for table, column, value in (("inbox_ledger", "n", per_day), ("inbox_silence", "hours", longest)):
        extra, what = (", what, slot", ", 'received', 0") if table == "inbox_ledger" else ("", "")
        await world.fetch(
            f"INSERT INTO {table} (channel_id, day, {column}{extra})"
            f" SELECT c.id, (now() AT TIME ZONE 'UTC')::date - 3 - d, $1{what}"
            " FROM inbox_channel c, generate_series(0, $2 - 1) AS d",
            value,
            days,
        )


@pytest.mark.parametrize(
    ("per_day", "longest", "quiet_for", "days", "alarmed"),
    [
        (48, 10.0, 9.0, 10, False),  # a night like the others
        (48, 10.0, 13.0, 10, True),
        (400, 1.0, 2.5, 10, False),  # longer than ever, but a coffee break
        (400, 1.0, 3.5, 10, True),
        (2, 30.0, 48.0, 10, False),  # too little comes for a silence to say anything
        (48, 10.0, 13.0, 3, False),  # too little is known
    ],
)
async def test_alarm(
    world: World, per_day: int, longest: float, quiet_for: float, days: int, alarmed: bool
) -> None:
    await _past(world, per_day=per_day, longest=longest, quiet_for=quiet_for, days=days)
    async with world.pool.acquire() as conn:
        found = await silence.look(conn)
    assert bool(found) is alarmed
    said = await world.value("SELECT count(*) FROM inbox_channel WHERE alarm LIKE 'Nothing came for%'")
    assert bool(said) is alarmed


async def test_alarm_is_told_once_and_ends_when_something_comes(world: World) -> None:
    await _past(world, per_day=48, longest=10.0, quiet_for=13.0)
    async with world.pool.acquire() as conn:
        first, second = await silence.look(conn), await silence.look(conn)
    assert first
    assert not second
    await world.fetch("UPDATE inbox_channel SET last_in_at = now()")
    await world.fetch(
        "INSERT INTO inbox_ledger (channel_id, day, what, slot, n)"
        " SELECT id, (now() AT TIME ZONE 'UTC')::date - 1, 'received', 1, 40 FROM inbox_channel ON CONFLICT DO NOTHING"
    )
    async with world.pool.acquire() as conn:
        assert await silence.look(conn)
    assert await world.value("SELECT count(*) FROM inbox_channel WHERE alarm <> ''") == 0
