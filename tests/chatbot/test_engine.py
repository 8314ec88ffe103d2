"""One answer at most, the right one or none, and every way out of a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.engine import decide
from chatbot.model import (
    Abilities,
    BotState,
    Button,
    Close,
    Decision,
    HandOver,
    Say,
    SetField,
    StaySilent,
    Turn,
)
from chatbot.parse import load
from chatbot.rules import RuleSet

HEAD = """
version: 1
hours:
  shop: {timezone: UTC, open: {mon: "08:00-17:00"}}
rules:
"""
TURN = Turn(
    text="",
    channel="chat",
    connector="sitechat",
    language="en",
    region="KH",
    now=datetime(2026, 11, 23, 10, tzinfo=UTC),
    first_contact=False,
    in_hours=True,
    known={},
    abilities=Abilities(buttons=True, contact_button=True),
)
QUIZ = load(
    HEAD
    + """
  - {id: stop, interrupts: true, when: {keywords: [stop]}, do: [{say: Stopped}, {close: Stopped}]}
  - {id: price, when: {keywords: [price]}, do: [{say: No idea}]}
  - id: go
    when: {keywords: [go]}
    do:
      - id: size
        ask: choice
        text: Which?
        save: size
        retries: 1
        options: [{label: {en: Big, ru: Большой}, value: L}, {label: Small, value: S}]
      - {ask: name, text: "Who, {{ size }}?", retries: 0, give_up: Well then}
      - {ask: text, text: "What, {{ name }}?", save: wish, accepted: "So {{ wish }}."}
      - {set: {summary: "{{ size }}/{{ wish }}"}}
      - {task: "Send {{ summary }}", due_in: 2 h}
      - {hand_over: "Wants {{ wish }}", to: sales}
""",
    source="quiz",
)


def rules(body: str) -> RuleSet:
    return load(HEAD + body, source="test")


def say(decision: Decision) -> str:
    said = [effect.text for effect in decision.effects if isinstance(effect, Say)]
    assert len(said) <= 1
    return said[0] if said else ""


def talk(rules: RuleSet, *texts: str, turn: Turn = TURN) -> list[Decision]:
    state, decisions = BotState(), list[Decision]()
    for text in texts:
        decisions.append(decide(rules, state, replace(turn, text=text)))
        state = BotState.from_json(decisions[-1].state.to_json())
    return decisions


def test_a_whole_questionnaire() -> None:
    decisions = talk(QUIZ, "go", "большой", "Sok", "a *chair*")
    assert [say(decision) for decision in decisions] == ["Which?", "Who, L?", "What, Sok?", "So a *chair*."]
    fields = [(e.name, e.value) for d in decisions for e in d.effects if isinstance(e, SetField)]
    assert fields == [("size", "L"), ("name", "Sok"), ("wish", "a *chair*"), ("summary", "L/a *chair*")]
    assert decisions[-1].effects[-1] == HandOver(reason="Wants a *chair*", to="sales")
    assert decisions[-1].state.flow == ""


def test_options_by_number_and_value_and_press() -> None:
    for answer in ("2", "២", " s ", "SMALL!"):
        assert talk(QUIZ, "go", answer)[-1].effects[-1] == SetField(name="size", value="S")
    waiting = talk(QUIZ, "go")[-1].state
    assert SetField(name="size", value="L") in decide(QUIZ, waiting, replace(TURN, choice="L")).effects
    assert say(decide(QUIZ, waiting, replace(TURN, choice="XXL"))) == "Which?"


def test_too_many_wrong_answers_hand_over() -> None:
    decisions = talk(QUIZ, "go", "huge", "enormous")
    assert [say(decision) for decision in decisions] == ["Which?", "Which?", ""]
    assert isinstance(decisions[-1].effects[-1], HandOver)
    assert say(talk(QUIZ, "go", "1", "1234")[-1]) == "Well then"


def test_another_question_is_answered_and_the_open_one_put_again() -> None:
    decisions = talk(QUIZ, "go", "what is the price?", "price!", "1")
    assert [say(decision) for decision in decisions] == ["Which?", "No idea\n\nWhich?", "No idea", ""]
    assert isinstance(decisions[2].effects[-1], HandOver)


def test_what_interrupts_is_heard_even_where_any_text_would_do() -> None:
    decision = talk(QUIZ, "go", "1", "Sok", "please STOP")[-1]
    assert decision.effects == (Say(text="Stopped"), Close(reason="Stopped"))


def test_silence_where_no_rule_speaks() -> None:
    decision = decide(QUIZ, BotState(), replace(TURN, text="something else"))
    assert decision.effects == (StaySilent(reason="no rule speaks to this"),)


def test_a_state_that_no_longer_fits_the_rules_is_forgotten() -> None:
    for state in (
        BotState(flow="gone", step="1"),
        BotState(flow="go", step="9"),
        BotState(flow="go", step="4", tries=-5),
    ):
        assert say(decide(QUIZ, state, replace(TURN, text="price"))) == "No idea"
    assert BotState.from_json({"flow": 1, "step": None, "tries": "x", "vars": [1], "more": 2}) == BotState()


@pytest.mark.parametrize(
    ("when", "change", "matches"),
    [
        ("{first_contact: true}", {"first_contact": True}, True),
        ("{first_contact: true}", {}, False),
        ("{first_contact: no}", {}, True),
        ("{kind: [form, command]}", {"kind": "form"}, True),
        ("{kind: form}", {}, False),
        ("{channel: chat}", {}, True),
        ("{channel: sitechat}", {}, True),
        ("{channel: mail}", {}, False),
        ("{language: [km, en]}", {"language": "en-GB"}, True),
        ("{language: km}", {}, False),
        ("{in_hours: false}", {"in_hours": False}, True),
        ("{in_hours: shop}", {"in_hours": False}, True),
        ("{in_hours: not shop}", {}, False),
        ("{in_hours: not shop}", {"now": datetime(2026, 11, 24, 10, tzinfo=UTC)}, True),
        ("{choice: yes}", {"choice": "yes"}, True),
        ("{pattern: 'order ?[0-9]+'}", {"text": "My ORDER 55"}, True),
        ("{pattern: 'order ?[0-9]+'}", {"text": "my order"}, False),
        ("{keywords: [hi], pattern: 'yo+', choice: h}", {"text": "yooo"}, True),
        ("{keywords: {en: [hi], km: [សួស្តី]}}", {"text": "សួស្តីបង"}, True),
        ("{keywords: [hi], language: km}", {"text": "hi"}, False),
        ("anything", {}, True),
    ],
)
def test_conditions(when: str, change: dict[str, object], matches: bool) -> None:
    ruleset = rules(f"  - {{id: a, when: {when}, do: [{{say: Yes}}]}}\n")
    assert (say(decide(ruleset, BotState(), replace(TURN, **change))) == "Yes") is matches


BUTTONS = rules("""
  - {id: stop, when: {choice: stop}, do: [{close: x}]}
  - id: menu
    when: anything
    do:
      - say: {en: Choose, ru: Выбирайте}
        buttons:
          - {label: More, goto: more}
          - {label: Site, kind: url, value: "https://example.test/a"}
          - {label: My phone, kind: contact}
          - {label: Stop, value: stop}
  - {id: more, do: [{say: "More for {{ name|default('you') }}"}]}
""")


def test_buttons_by_what_the_channel_can_show() -> None:
    assert decide(BUTTONS, BotState(), replace(TURN, text="hi")).effects == (
        Say(
            text="Choose",
            buttons=(
                Button(label="More", value="more"),
                Button(label="Site", value="https://example.test/a", kind="url"),
                Button(label="My phone", value="contact", kind="contact"),
                Button(label="Stop", value="stop"),
            ),
        ),
    )
    plain = replace(TURN, text="hi", abilities=Abilities(buttons=False))
    decision = decide(BUTTONS, BotState(), plain)
    assert decision.effects == (Say(text="Choose\n\n1. More\n2. Stop\nSite: https://example.test/a"),)
    assert say(decide(BUTTONS, decision.state, replace(plain, text="1"))) == "More for you"
    assert decide(BUTTONS, BotState(), replace(TURN, choice="stop")).effects == (Close(reason="x"),)
    short = replace(plain, abilities=Abilities(buttons=False, max_text=60), language="ru")
    assert len(say(decide(BUTTONS, BotState(), short))) <= 60


def test_an_old_button_still_leads_where_it_led() -> None:
    assert (
        say(decide(BUTTONS, BotState(), replace(TURN, choice="more", known={"name": "Ann\n{{ x }}"})))
        == "More for Ann {{ x }}"
    )


def test_the_phone_is_not_asked_where_it_is_known_or_shared() -> None:
    ruleset = rules("  - {id: a, when: anything, do: [{ask: phone, text: Phone?}, {hand_over: New}]}\n")
    assert decide(ruleset, BotState(), replace(TURN, known={"phone": "+85512345678"})).effects == (
        HandOver(reason="New"),
    )
    asked = decide(ruleset, BotState(), TURN)
    assert say(asked) == "Phone?"
    shared = decide(ruleset, asked.state, replace(TURN, known={"phone": "+85512345678"}))
    assert shared.effects == (HandOver(reason="New"),)


def test_says_and_steps_are_limited() -> None:
    many = rules("  - {id: a, when: anything, do: [" + "{say: w}, " * 9 + "]}\n")
    assert say(decide(many, BotState(), TURN)) == "w\n\nw\n\nw"
    chain = "".join(
        f"  - {{id: r{n}, {'when: anything, ' if n == 0 else ''}do: [{{goto: r{n + 1}}}]}}\n"
        for n in range(60)
    )
    decision = decide(rules(chain + "  - {id: r60, do: [{say: End}]}\n"), BotState(), TURN)
    assert isinstance(decision.effects[-1], HandOver)
    assert say(decision) == ""


def test_each_decision_explains_itself() -> None:
    assert decide(QUIZ, BotState(), replace(TURN, text="The price?")).why == (
        "keyword 'price' of rule price",
    )
