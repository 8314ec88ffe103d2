"""Who takes a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from crm_core.users.model import OnDuty
from inbox.routing.choosing import choose
from inbox.routing.model import About, Absence, Request
from inbox.routing.rules import Rule

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def on_duty(id_: int, *, capacity: int = 10, minute: int = 0) -> OnDuty:
    return OnDuty(
        id=id_,
        name=f"U{id_}",
        email=f"u{id_}@example.test",
        capacity=capacity,
        routed_at=datetime(2026, 1, 1, 0, minute, tzinfo=UTC),
    )


def ids(
    owners: list[int | None], users: list[OnDuty], load: dict[int, int] | None = None
) -> list[int | None]:
    requests = [Request(owner_id=owner) for owner in owners]
    return [choice.user_id for choice in choose(requests, on_duty=users, load=load or {}, now=NOW)]


def one(
    request: Request, users: Sequence[OnDuty], *about: About, load: dict[int, int] | None = None
) -> tuple[int | None, str]:
    known = {each.user_id: each for each in about}
    (choice,) = choose([request], on_duty=users, load=load or {}, about=known, now=NOW)
    return choice.user_id, choice.why


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
    assert "queue" in one(Request(), [])[1]


def test_whom_the_rules_name_by_name_mail_or_team() -> None:
    users = [on_duty(1), on_duty(2), on_duty(3)]
    billing = About(user_id=3, teams=("Billing", "VIP"))
    for to in ("u2", " U2 ", "U2@example.test"):
        assert one(Request(to=to, owner_id=1), users, billing)[0] == 2
    assert one(Request(to="billing", owner_id=1), users, billing) == (
        3,
        "Assigned to U3 (round robin in billing).",
    )


def test_a_team_where_nobody_is_free_falls_back_to_the_others() -> None:
    users = [on_duty(1), on_duty(2, capacity=1)]
    billing = About(user_id=2, teams=("billing",))
    assert one(Request(to="billing"), users, billing, load={2: 1})[0] == 1
    assert one(Request(to="no such team"), users, billing)[0] == 1


def test_a_team_takes_turns() -> None:
    users = [on_duty(1), on_duty(2, minute=2), on_duty(3, minute=1)]
    about = {id_: About(user_id=id_, teams=("x",)) for id_ in (2, 3)}
    choices = choose([Request(to="x")] * 4, on_duty=users, load={}, about=about, now=NOW)
    assert [choice.user_id for choice in choices] == [3, 2, 3, 2]


def test_somebody_who_speaks_the_language_comes_first_and_else_anybody() -> None:
    users = [on_duty(1), on_duty(2, minute=1)]
    english, khmer = About(user_id=1, languages=("en",)), About(user_id=2, languages=("km",))
    assert one(Request(language="km"), users, english, khmer)[0] == 2
    assert one(Request(language="en-GB"), users, english, khmer)[0] == 1
    assert one(Request(language="ru"), users, english, khmer)[0] == 1
    assert one(Request(language="km"), users, english, khmer, load={2: 10})[0] == 1


def absent(user_id: int, *, until: timedelta, deputy_id: int | None = None) -> About:
    absence = Absence(user_id=user_id, from_at=NOW - timedelta(hours=1), until_at=NOW + until)
    return About(user_id=user_id, absences=(absence,), deputy_id=deputy_id)


def test_a_deputy_stands_in_while_the_manager_is_away() -> None:
    users = [on_duty(1), on_duty(2), on_duty(3, minute=9)]
    away = absent(2, until=timedelta(hours=1), deputy_id=3)
    assert one(Request(owner_id=2), users, away)[0] == 3
    assert one(Request(to="U2"), users, away)[0] == 1
    assert one(Request(owner_id=2), [on_duty(1)], away)[0] == 1
    back = absent(2, until=timedelta(), deputy_id=3)
    assert one(Request(owner_id=2), users, back)[0] == 2


def test_in_turn_by_weight_and_who_comes_back_gets_no_more_than_their_share() -> None:
    users = [on_duty(1), on_duty(2, capacity=100), on_duty(3)]
    about = {2: About(user_id=2, weight=3)}
    choices = choose([Request()] * 10, on_duty=users, load={}, about=about, now=NOW)
    given = [choice.user_id for choice in choices]
    assert {id_: given.count(id_) for id_ in (1, 2, 3)} == {1: 2, 2: 6, 3: 2}
    long_away = {1: About(user_id=1, turn=90.0), 2: About(user_id=2, turn=90.0), 3: About(user_id=3)}
    after = choose([Request()] * 6, on_duty=users, load={}, about=long_away, now=NOW)
    assert [choice.user_id for choice in after].count(3) <= 3


def test_a_rule_names_a_team_a_person_and_who_has_the_least() -> None:
    users = [on_duty(1), on_duty(2), on_duty(3, minute=1)]
    team = [About(user_id=2, teams=("Sales",)), About(user_id=3, teams=("sales",))]
    rule = Rule(name="Big ones", to="SALES")
    assert one(Request(rule=rule), users, *team) == (
        2,
        "Rule “Big ones”: assigned to U2 (round robin in SALES, 0 of 10).",
    )
    least = Rule(name="Big ones", to="sales", way="least")
    assert one(Request(rule=least), users, *team, load={2: 4, 3: 3}) == (
        3,
        "Rule “Big ones”: assigned to U3 of sales (least busy, 3 of 10).",
    )
    assert one(Request(rule=Rule(name="x", to="u3")), users, *team) == (3, "Rule “x” names U3.")


def test_a_rule_stands_behind_the_contacts_manager_and_the_bots_word_unless_it_says_so() -> None:
    users = [on_duty(1), on_duty(2), on_duty(3)]
    rule = Rule(name="x", to="U3")
    over = Rule(name="x", to="U3", over_manager=True)
    assert one(Request(rule=rule, owner_id=1), users)[0] == 1
    assert one(Request(rule=over, owner_id=1), users)[0] == 3
    assert one(Request(rule=over, owner_id=1, to="U2"), users)[0] == 2


def test_a_strict_rule_waits_and_another_asks_others() -> None:
    users = [on_duty(1), on_duty(2, capacity=1)]
    team = About(user_id=2, teams=("sales",))
    strict = Rule(name="Sales only", to="sales", is_strict=True)
    assert one(Request(rule=strict), users, team, load={2: 1}) == (
        None,
        "Rule “Sales only”: nobody in sales is free; it waits in the queue.",
    )
    assert one(Request(rule=Rule(name="x", to="sales")), users, team, load={2: 1})[0] == 1


def test_after_so_many_who_did_not_answer_it_is_escalated() -> None:
    users = [on_duty(id_) for id_ in (1, 2, 3, 9)]
    rule = Rule(name="x", to="nobody", escalate_to="U9", escalate_after=2)
    assert one(Request(rule=rule, tried=(1,)), users)[0] == 2
    assert one(Request(rule=rule, tried=(1, 2)), users) == (
        9,
        "Rule “x”: not answered by 2, so U9 is asked.",
    )
    assert one(Request(rule=rule, tried=(1, 2, 9)), users)[0] == 3


def test_who_did_not_answer_is_not_asked_again() -> None:
    users = [on_duty(1), on_duty(2)]
    assert one(Request(owner_id=1, tried=(1,)), users)[0] == 2
    assert one(Request(to="U1", tried=(1,)), users)[0] == 2
    assert one(Request(tried=(1, 2)), users) == (None, "Nobody is available; it waits in the queue.")
