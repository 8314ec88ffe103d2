"""What is written in batches: soon, again after a failure, and at the end."""

from __future__ import annotations

import pytest

from inbox import flushing
from inbox.flushing import Flushing
from tests.world import until


class Shelf:
    """Takes what waits; `broken` times it fails first."""

    def __init__(self, *, broken: int = 0) -> None:
        self.waiting: list[int] = []
        self.written: list[int] = []
        self.broken = broken
        self.flushing = Flushing(self.flush, is_waiting=lambda: bool(self.waiting), lost="numbers")

    def put(self, number: int) -> None:
        self.waiting.append(number)
        self.flushing.wake()

    async def has(self, *numbers: int) -> bool:
        return self.written == list(numbers)

    async def flush(self) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("away")
        self.written, self.waiting = [*self.written, *self.waiting], []


async def test_what_came_is_written_soon_and_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flushing, "FLUSH_AFTER", 0.01)
    shelf = Shelf(broken=2)
    shelf.put(1)
    shelf.put(2)
    await until(lambda: shelf.has(1, 2))
    shelf.put(3)
    await until(lambda: shelf.has(1, 2, 3))
    await shelf.flushing.stop()


async def test_what_waits_is_written_at_the_end() -> None:
    shelf = Shelf()
    shelf.put(1)
    await shelf.flushing.stop()
    assert shelf.written == [1]
    lost = Shelf(broken=1)
    await lost.flushing.stop()
    assert lost.written == []
