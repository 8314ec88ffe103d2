"""No text makes the reader raise anything but RulesInvalid; no turn makes the engine raise, loop or answer twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

import chatbot
from chatbot.engine import decide
from chatbot.model import (
    Abilities,
    Answer,
    BotState,
    CallWebhook,
    Close,
    HandOver,
    KeepWaiting,
    Say,
    StaySilent,
    Turn,
    Wait,
)
from chatbot.parse import load
from chatbot.problems import RulesInvalid
from chatbot.rules import RuleSet
from chatbot.transcript import show
from tests.chatbot.any_rules import ANSWERS, CALM, FILES, TEMPLATES, TURNS, sound_files


def _read(text: str) -> RuleSet | None:
    """The rules, or None when they are refused, with reasons."""
    try:
        return load(text, source="x")
    except RulesInvalid as error:
        refused = error
    assert refused.problems
    assert str(refused)
    return None


def _converse(rules: RuleSet, turns: list[Turn]) -> None:
    """Play turns; each decision keeps what is promised, and its state survives being stored."""
    state = BotState()
    for turn in turns:
        decision = decide(rules, state, turn)
        says = [effect for effect in decision.effects if isinstance(effect, Say)]
        assert len(says) <= 1
        assert all(0 < len(each.text) <= turn.abilities.max_text for each in says)
        assert all(
            each.kind != "contact" or turn.abilities.contact_button for say in says for each in say.buttons
        )
        ends = [effect for effect in decision.effects if isinstance(effect, HandOver | Close | StaySilent)]
        assert len(ends) <= 1
        assert not ends or not decision.state.flow
        last = [
            effect
            for effect in decision.effects
            if isinstance(effect, HandOver | Close | StaySilent | KeepWaiting | CallWebhook | Wait)
        ]
        assert len(last) <= 1
        assert all(effect is decision.effects[-1] for effect in last)
        assert not any(isinstance(each, KeepWaiting) for each in last) or not says
        assert decision.why
        assert len(decision.effects) < 25
        assert all(show(effect) for effect in decision.effects)
        state = BotState.from_json(json.loads(json.dumps(decision.state.to_json())))
        assert state == decision.state


@CALM
@given(st.text(max_size=300))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    _read(text)


@CALM
@given(TEMPLATES)
def test_no_template_makes_the_reader_or_the_engine_raise(template: str) -> None:
    written = json.dumps([{"id": "a", "when": "anything", "do": [{"say": template}]}])
    rules = _read(f"version: 1\nrules: {written}\n")
    if not rules:
        return
    turn = Turn(
        text="", channel="c", connector="c", language="en", now=datetime(2026, 1, 1, tzinfo=UTC), first_contact=True,
        in_hours=True, known={"name": "Ann"}, abilities=Abilities(buttons=True),
    )  # fmt: skip
    _converse(rules, [turn])


@settings(CALM, max_examples=300)
@given(FILES, st.lists(TURNS, max_size=5))
def test_no_rules_that_are_read_make_the_engine_fail(file: object, turns: list[Turn]) -> None:
    rules = _read(json.dumps(file, ensure_ascii=False))
    if rules:
        _converse(rules, turns)


@settings(CALM, max_examples=300)
@given(sound_files(), st.lists(TURNS, min_size=1, max_size=8))
def test_no_conversation_makes_the_engine_fail(file: str, turns: list[Turn]) -> None:
    _converse(load(file, source="x"), turns)


@settings(CALM, max_examples=200)
@given(sound_files(), TURNS, st.lists(ANSWERS, min_size=1, max_size=3))
def test_rules_that_wake_each_other_come_to_an_end(
    file: str, turn: Turn, answers: list[Answer | None]
) -> None:
    """Whatever services answer and however often a wait is over: without a word of the person it ends."""
    rules = load(file, source="x")
    state = BotState()
    for number in range(30):
        decision = decide(rules, state, turn)
        state = decision.state
        if any(isinstance(effect, CallWebhook) for effect in decision.effects):
            turn = replace(turn, kind="answer", answer=answers[number % len(answers)])
        elif any(isinstance(effect, Wait) for effect in decision.effects):
            turn = replace(turn, kind="later")
        else:
            return
    raise AssertionError("it goes on for ever")


@settings(CALM, max_examples=200)
@given(st.lists(TURNS, max_size=8))
def test_no_turn_makes_the_starter_rules_fail(turns: list[Turn]) -> None:
    _converse(chatbot.starter_rules(), turns)


@settings(CALM, max_examples=100)
@given(st.data())
def test_a_starter_file_with_a_hole_is_read_or_refused(data: st.DataObject) -> None:
    text = chatbot.starter_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 200, len(text))))
    patch = data.draw(
        st.sampled_from(["", ":", "- ", "{", "'", "\n", "\t", "&a ", "!!python/name:os.system "])
    )
    _read(text[:start] + patch + text[end:])
