"""`kill -9` of hub, worker, PostgreSQL and Valkey at random moments under load; `make chaos` runs more rounds."""

from __future__ import annotations

import pytest

from benchmarks.chaos import VICTIMS, run


@pytest.mark.timeout(300)
async def test_nothing_is_lost_doubled_or_disordered() -> None:
    result = await run(3, seed=11)
    assert sum(result["kills"].values()) == 3
    assert set(result["kills"]) <= set(VICTIMS)
    assert result["accepted"] > 100
    for name in (
        "lost",
        "doubled",
        "out_of_order",
        "answers_sent_twice",
        "still_pending",
        "ledger_difference",
    ):
        assert result[name] == 0, result
