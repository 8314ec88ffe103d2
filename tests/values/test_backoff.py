"""How long to wait before the next try."""

from __future__ import annotations

import pytest

from values.backoff import delay


@pytest.mark.parametrize(
    ("attempt", "plain"), [(0, 2.0), (1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (10**9, 300.0)]
)
def test_it_doubles_up_to_a_limit_and_is_spread(attempt: int, plain: float) -> None:
    waits = [delay(attempt, first=2.0) for _ in range(200)]
    assert all(plain * 0.75 <= wait <= plain * 1.25 for wait in waits)
    assert len(set(waits)) > 1
