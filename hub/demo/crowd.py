"""Lets the customers come, listen, think and answer at a human pace; never more at once than a shop can bear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hub.demo.customers import Disclosed, Heard, Move, Persona, after, arrival_gap, next_move, typing_time
from hub.demo.ways import Way

log = logging.getLogger(__name__)

LISTENS = ("telegram", "mail", "chat", "form")
"""Ways on which a person hears our answers; who rings has said it all at once."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """One open conversation of a person."""

    persona: Persona
    told: Disclosed = field(default_factory=Disclosed)
    heard: Heard | None = None
    thinking: asyncio.Task[None] | None = None
    waiting: asyncio.Task[None] | None = None


class Crowd:
    """All customers. `speed` 1 is the demo's pace; a test runs many times faster."""

    def __init__(
        self,
        people: Sequence[Persona],
        *,
        rng: Random,
        speed: float = 1.0,
        most_open: int = 12,
        patience: float = 150.0,
    ) -> None:
        self.ways: Mapping[str, Way] = {}
        self.visits: dict[str, Visit] = {}
        self._people = people
        self._rng, self._speed = rng, speed
        self._most_open, self._patience = most_open, patience
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Customers come until cancelled: first everybody once, then they come back now and then."""
        number = 0
        try:
            while True:
                await self._sleep(arrival_gap(number, self._rng))
                persona = self._people[number % len(self._people)]
                while len(self.visits) >= self._most_open or persona.key in self.visits:
                    await self._sleep(5)
                self._arrive(persona, again=number >= len(self._people))
                number += 1
        finally:
            await self._stop()

    def hear(self, persona: Persona, heard: Heard) -> None:
        """An answer reached a person. Several in a row are read together; the latest buttons count."""
        visit = self.visits.get(persona.key)
        if visit is None:
            return
        before = visit.heard
        text = f"{before.text}\n{heard.text}" if before else heard.text
        asks = heard.asks_contact or bool(before and before.asks_contact)
        buttons = heard.buttons or (before.buttons if before else ())
        visit.heard = Heard(text=text, buttons=buttons, asks_contact=asks)
        _cancel(visit.thinking, visit.waiting)
        visit.thinking = self._spawn(self._answer(visit))

    def _arrive(self, persona: Persona, *, again: bool) -> None:
        text = persona.again if again and persona.again else (persona.story or ("?",))[0]
        told = Disclosed(lines=len(persona.story) if again and persona.again else 1, moves=1)
        if persona.way not in self.ways:
            return
        if persona.way in LISTENS:
            visit = self.visits[persona.key] = Visit(persona=persona, told=told)
            visit.waiting = self._spawn(self._wait(visit))
        self._spawn(self._guarded(persona, self.ways[persona.way].open(persona, text)))

    async def _answer(self, visit: Visit) -> None:
        """Read, think, write one move; the story's end closes the visit."""
        heard = visit.heard or Heard(text="")
        move = next_move(visit.persona, visit.told, heard)
        await self._sleep(typing_time(move.text, self._rng))
        visit.heard = None
        if move.kind == "leave":
            self.visits.pop(visit.persona.key, None)
            return
        visit.told = after(visit.told, move)
        visit.waiting = self._spawn(self._wait(visit))
        self._spawn(self._guarded(visit.persona, self.ways[visit.persona.way].make(visit.persona, move)))

    async def _wait(self, visit: Visit) -> None:
        """Nobody answers: ask once more, then give up."""
        await self._sleep(self._patience * self._rng.uniform(0.8, 1.5))
        if visit.persona.nudge:
            move = Move(kind="say", text=visit.persona.nudge)
            await self._guarded(visit.persona, self.ways[visit.persona.way].make(visit.persona, move))
            await self._sleep(2 * self._patience)
        self.visits.pop(visit.persona.key, None)

    async def _guarded(self, persona: Persona, doing: Coroutine[Any, Any, None]) -> None:
        """A hub that is down for a moment ends no customer's life."""
        try:
            await doing
        except Exception as error:  # outermost: one person's trouble must not stop the others
            log.warning("a demo customer got no connection", extra={"who": persona.key, "error": repr(error)})

    def _spawn(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        _cancel(*tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(way.stop() for way in self.ways.values()), return_exceptions=True)


def _cancel(*tasks: asyncio.Task[None] | None) -> None:
    for task in tasks:
        if task is not None and task is not asyncio.current_task():
            task.cancel()
