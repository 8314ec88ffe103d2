"""How often one peer may come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.rate_limit import RateLimit

AT = datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_so_many_at_once_and_then_one_after_another() -> None:
    rate = RateLimit()
    assert [rate.within("a", per_minute=3, at=AT) for _ in range(4)] == [True, True, True, False]
    assert rate.within("b", per_minute=3, at=AT)
    assert not rate.within("a", per_minute=3, at=AT + timedelta(seconds=19))
    assert rate.within("a", per_minute=3, at=AT + timedelta(seconds=41))


def test_zero_is_no_limit_and_a_clock_put_back_takes_nothing() -> None:
    rate = RateLimit()
    assert all(rate.within("a", per_minute=0, at=AT) for _ in range(100))
    assert rate.within("a", per_minute=2, at=AT)
    assert rate.within("a", per_minute=2, at=AT - timedelta(hours=1))
    assert not rate.within("a", per_minute=2, at=AT - timedelta(hours=1))


def test_a_crowd_makes_nobody_forgotten_who_just_came() -> None:
    rate = RateLimit(remembered=2)
    assert rate.within("a", per_minute=1, at=AT)
    for n in range(3):
        assert rate.within(n, per_minute=1, at=AT)
    assert not rate.within(2, per_minute=1, at=AT)
    assert rate.within("a", per_minute=1, at=AT)
