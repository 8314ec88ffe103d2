"""Steps and conditions beside the plain ones: numbers, dates, files, variants, calls that come back, fields, commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chatbot.dates import date_in
from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Say, SetField, Turn
from chatbot.parse import load
from chatbot.problems import RulesInvalid
from chatbot.rules import RuleSet
from chatbot.validators import number

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TURN = Turn(
    text="", channel="chat", connector="chat", language="en", now=NOW, first_contact=False, in_hours=True, known={},
    abilities=Abilities(buttons=True),
)  # fmt: skip


def _rules(*rules: str) -> RuleSet:
    return load("version: 1\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules), source="x")


def _play(rules: RuleSet, *turns: str | dict[str, Any]) -> list[str]:
    """What is said, and what is set, over turns; the state is stored between them."""
    state, lines = BotState(), list[str]()
    for turn in turns:
        given = {"text": turn} if isinstance(turn, str) else turn
        decision = decide(rules, state, replace(TURN, **given))
        for effect in decision.effects:
            if isinstance(effect, Say):
                lines.append(effect.text)
            elif isinstance(effect, SetField):
                lines.append(f"{effect.name}={effect.value}")
        state = BotState.from_json(decision.state.to_json())
    return lines


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("3", "3"),
        ("about 2,5 metres", "2.5"),
        ("៤២", "42"),
        ("-7", "-7"),
        ("1 or 2", None),
        ("many", None),
        ("", None),
    ],
)
def test_numbers(answer: str, read: str | None) -> None:
    assert number(answer, "") == read


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("2026-12-31", "2026-12-31"),
        ("31.12.2026", "2026-12-31"),
        ("on 31/12/26 please", "2026-12-31"),
        ("31.12", "2026-12-31"),
        ("05.01", "2027-01-05"),
        ("០៥/០១/២០២៧", "2027-01-05"),
        ("завтра", "2026-11-24"),
        ("ស្អែក", "2026-11-24"),
        ("Today!", "2026-11-23"),
        ("22.11.2026", None),
        ("31.02", None),
        ("29.02", None),
        ("1.12 or 2.12", None),
        ("soon", None),
    ],
)
def test_dates(answer: str, read: str | None) -> None:
    assert date_in(answer, NOW) == read


def test_a_leap_day_is_that_of_the_leap_year() -> None:
    assert date_in("29.02", NOW.replace(year=2027)) == "2028-02-29"


def test_asking_for_a_number_a_date_and_a_file() -> None:
    rules = _rules(
        "{id: a, when: anything, do: [{ask: number, text: How many?, invalid: A number please, save: count}, "
        "{ask: date, text: When?, save: day}, {ask: file, text: A photo?, save: photo}, {say: 'Thanks, {{ count }}'}]}"
    )
    said = _play(rules, "hi", "lots", "4", "tomorrow", "here", {"files": ("a.png", "b.png")})
    assert said == [
        "How many?", "A number please", "When?", "count=4", "A photo?", "day=2026-11-24", "A photo?", "Thanks, 4",
        "photo=a.png, b.png",
    ]  # fmt: skip


def test_variants_are_all_used_and_a_decision_can_be_repeated() -> None:
    rules = _rules("{id: a, when: anything, do: [{say: One, variants: [Two, Three]}]}")
    assert {_play(rules, f"hello {n}")[0] for n in range(50)} == {"One", "Two", "Three"}
    assert len({_play(rules, "hello")[0] for _ in range(10)}) == 1


CALLING = (
    "{id: a, when: {keywords: order}, do: [{say: First}, {call: who}, {say: 'So {{ name }}'}, {call: count}, {say: Done}]}",
    "{id: who, do: [{ask: name, text: Your name?}]}",
    "{id: count, do: [{ask: number, text: How many?, save: count}]}",
    "{id: other, when: {keywords: hours}, do: [{say: All day}]}",
)


def test_a_called_rule_comes_back() -> None:
    assert _play(_rules(*CALLING), "order", "Ann", "3") == [
        "First\n\nYour name?", "So Ann\n\nHow many?", "name=Ann", "Done", "count=3",
    ]  # fmt: skip


def test_another_matter_meanwhile_does_not_lose_the_way_back() -> None:
    assert _play(_rules(*CALLING), "order", "Ann", "hours", "3")[-3:] == [
        "All day\n\nHow many?",
        "Done",
        "count=3",
    ]


def test_a_place_that_is_gone_ends_quietly() -> None:
    state = BotState(flow="count", step="1", calls=("gone.2", "a.9"))
    decision = decide(_rules(*CALLING), state, replace(TURN, text="3"))
    assert [effect for effect in decision.effects if isinstance(effect, SetField)]
    assert decision.state.flow == ""


def test_rules_that_call_each_other_for_ever_come_to_an_end() -> None:
    rules = _rules("{id: a, when: anything, do: [{call: b}]}", "{id: b, do: [{call: a}]}")
    assert "stopped after 50 steps" in decide(rules, BotState(), replace(TURN, text="x")).why


@pytest.mark.parametrize(
    ("when", "turn", "is_heard"),
    [
        ("{command: /start}", {"text": "/start now"}, True),
        ("{command: start}", {"text": "/START@our_bot"}, True),
        ("{command: start}", {"text": "start"}, False),
        ("{returning: true}", {"returning": True}, True),
        ("{returning: true}", {}, False),
        ("{knows: [phone]}", {"known": {"phone": "+855"}}, True),
        ("{knows: [phone, email]}", {"known": {"phone": "+855"}}, False),
        ("{lacks: phone}", {"known": {"phone": ""}}, True),
        ("{lacks: phone}", {"known": {"phone": "+855"}}, False),
        ("{fields: {city: [Kampot, Kep]}}", {"known": {"city": "KEP"}}, True),
        ("{fields: {city: Kampot}}", {"known": {"city": "Kep"}}, False),
        ("{fields: {city: Kampot}}", {}, False),
    ],
)
def test_conditions(when: str, turn: dict[str, Any], is_heard: bool) -> None:
    assert bool(_play(_rules(f"{{id: a, when: {when}, do: [{{say: Yes}}]}}"), turn)) is is_heard


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{id: a, when: {command: '/no way'}, do: [{say: x}]}", "write one such as /start"),
        ("{id: a, when: anything, do: [{call: b}]}", "there is no rule `b`"),
        ("{id: a, when: anything, do: [{ask: number, text: x}]}", "does not say where the answer goes"),
        ("{id: a, when: anything, do: [{say: x, variants: y}]}", "begin each entry with"),
    ],
)
def test_faults(rule: str, said: str) -> None:
    with pytest.raises(RulesInvalid) as caught:
        _rules(rule)
    assert said in str(caught.value)


@pytest.mark.parametrize(("again", "asked"), [("true", True), ("false", False)])
def test_what_is_known_is_asked_again_only_if_wanted(again: str, asked: bool) -> None:
    rules = _rules(
        f"{{id: a, when: {{keywords: buy}}, do: [{{ask: text, text: What?, save: product, again: {again}}}, {{say: Noted}}]}}"
    )
    said = _play(
        rules, {"text": "buy", "known": {"product": "old"}}, {"text": "new", "known": {"product": "old"}}
    )
    assert said == (["What?", "Noted", "product=new"] if asked else ["Noted"])


def test_a_clumsy_answer_does_not_begin_the_same_rule_anew() -> None:
    rules = _rules(
        "{id: a, when: {keywords: two}, do: [{tag: t}, {ask: number, text: N?, invalid: A number, save: n}]}"
    )
    assert _play(rules, "two", "two", "2") == ["N?", "A number", "n=2"]
