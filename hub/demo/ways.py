"""The ways customers come: each turns a person's moves into what its protocol carries, and our answers into `Heard`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from hub.demo.customers import Heard, Move, Persona

Hears = Callable[[Persona, Heard], None]


class Way(Protocol):
    """One way in. `open` is the first line, `make` a later move; answers are told to the `hears` given when made."""

    async def open(self, persona: Persona, text: str) -> None: ...

    async def make(self, persona: Persona, move: Move) -> None: ...

    async def stop(self) -> None: ...


async def ended(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
