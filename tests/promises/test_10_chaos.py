"""All promises at once: processes and engines are killed under load; nothing is lost, doubled or out of order."""

from __future__ import annotations

from benchmarks.chaos.run import run


async def test_nothing_is_lost_when_everything_dies_once() -> None:
    found = await run(rounds=4, say=print, seed=10)
    assert found.accepted > 30
    assert found.deliveries > 0
    assert found.is_clean, found
