"""Who takes a conversation."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_core.users.rota import OnDuty
from inbox.routing.model import choose


def on_duty(id_: int, *, capacity: int = 10, minute: int = 0) -> OnDuty:
    return OnDuty(
        id=id_, name=f"U{id_}", capacity=capacity, routed_at=datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
    )


def ids(
    owners: list[int | None], users: list[OnDuty], load: dict[int, int] | None = None
) -> list[int | None]:
    return [choice.user_id for choice in choose(owners, on_duty=users, load=load or {})]


def test_in_turn_the_longest_ago_first() -> None:
    users = [on_duty(1, minute=5), on_duty(2, minute=3), on_duty(3, minute=4)]
    assert ids([None] * 4, users) == [2, 3, 1, 2]


def test_sticky_to_the_contacts_manager_who_is_in() -> None:
    assert ids([1, 1, None], [on_duty(1, minute=1), on_duty(2, minute=9)]) == [1, 1, 1]


def test_a_manager_who_is_away_does_not_keep_the_customer_waiting() -> None:
    assert ids([9], [on_duty(1)]) == [1]


def test_nobody_past_capacity_and_nobody_at_all() -> None:
    assert ids([None] * 3, [on_duty(1, capacity=2)]) == [1, 1, None]
    assert ids([None], [on_duty(1, capacity=2)], {1: 2}) == [None]
    assert ids([None], []) == [None]
    assert "queue" in choose([None], on_duty=[], load={})[0].why
