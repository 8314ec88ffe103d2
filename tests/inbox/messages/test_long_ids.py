"""Ids longer than an index takes: two that begin alike stay two, and a repeat of one is a repeat."""

from __future__ import annotations

import pytest

from connectors.long_ids import LONGEST_ID, fitted
from inbox.intake.work import Work
from tests.world import World

LONG = "m" * 600


def test_an_id_that_fits_is_itself_and_a_longer_one_keeps_its_difference() -> None:
    assert fitted("a" * LONGEST_ID) == "a" * LONGEST_ID
    assert fitted(LONG) == fitted(LONG) != fitted(LONG + "x")
    assert len(fitted("ភ" * 10_000)) == LONGEST_ID


async def test_two_messages_with_long_ids_are_two_and_a_repeat_is_none(world: World) -> None:
    for ident in (LONG + "1", LONG + "2", LONG + "1"):
        assert await world.post(id=ident, sender="+12025550100", text=ident[-1]) == 200
        await world.settled()
    rows = await world.fetch("SELECT text FROM inbox_message WHERE direction = 'in' ORDER BY id")
    assert [row["text"] for row in rows] == ["1", "2"]
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 0
    await world.balanced()


@pytest.mark.parametrize(
    ("told", "outcome", "reason"),
    [
        ([("ignored", "New."), ("processed", "")], "processed", "New."),
        ([("processed", ""), ("ignored", "New.")], "processed", "New."),
        ([("duplicate", "Known."), ("ignored", "New.")], "duplicate", "Known. New."),
        ([("ignored", "New."), ("ignored", "New.")], "ignored", "New."),
    ],
)
def test_the_weightiest_event_of_a_request_counts(
    told: list[tuple[str, str]], outcome: str, reason: str
) -> None:
    work = Work(stored=None)  # pyright: ignore[reportArgumentType]  nothing of it is asked
    for one in told:
        work.settle(*one)
    assert (work.outcome, work.reason) == (outcome, reason)
