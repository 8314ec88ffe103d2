"""One run: load, kills at random moments, and the count."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.chaos.count import Count, count
from benchmarks.chaos.hub import VICTIMS, Hub, database_url, open_hub
from benchmarks.chaos.people import Recorder, Told, write

PEOPLE = 8
FIRST_ANSWERS = 90.0


async def run(*, rounds: int, say: Callable[[str], None], seed: int | None = None) -> Count:
    """Kill something in each round; every kind of victim comes up before one comes up again."""
    chance = random.Random(seed)
    recorder, told, stop = Recorder(), Told(), asyncio.Event()
    await recorder.start()
    with tempfile.TemporaryDirectory(prefix="hub-chaos-", dir="/tmp", ignore_cleanup_errors=True) as name:
        hub = await open_hub(Path(name), recorder.url)
        people = [
            asyncio.create_task(write(hub.door, told, person=person, stop=stop)) for person in range(PEOPLE)
        ]
        try:
            await _accepted(hub, told, PEOPLE)
            for number, victim in enumerate(_victims(chance, rounds)):
                await _round(hub, told, chance, say, number=number, victim=victim)
            stop.set()
            await asyncio.wait_for(asyncio.gather(*people), 60)
            return await count(database_url(hub), told, recorder)
        finally:
            for person in people:
                person.cancel()
            await asyncio.to_thread(hub.stop)
            await recorder.stop()


async def _round(
    hub: Hub, told: Told, chance: random.Random, say: Callable[[str], None], *, number: int, victim: str
) -> None:
    await asyncio.sleep(chance.uniform(0.2, 1.2))
    before = told.count
    await hub.kill(victim)
    await _accepted(hub, told, before + PEOPLE)
    say(f"{number + 1}: killed {victim}; {told.count} accepted so far")


async def _accepted(hub: Hub, told: Told, wanted: int) -> None:
    deadline = asyncio.get_running_loop().time() + FIRST_ANSWERS
    while told.count < wanted:
        if asyncio.get_running_loop().time() > deadline:
            raise RuntimeError(f"nothing is accepted any more; the end of the log:\n{hub.tail()}")
        await asyncio.sleep(0.05)


def _victims(chance: random.Random, rounds: int) -> list[str]:
    chosen: list[str] = []
    while len(chosen) < rounds:
        chosen += chance.sample(sorted(VICTIMS), len(VICTIMS))
    return chosen[:rounds]
