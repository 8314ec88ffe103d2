"""What changed rules would have done, what nobody answers, and a rule made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chatbot
from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Say, Turn
from chatbot.parse import load
from chatbot.rehearsal import PastConversation, is_understood, rehearse
from chatbot.understanding.groups import group
from chatbot.writing import NoPlace, with_rule

TURN = Turn(
    text="", channel="chat", connector="chat", language="en", now=datetime(2026, 11, 23, 3, tzinfo=UTC), first_contact=False,
    in_hours=True, known={}, abilities=Abilities(buttons=True),
)  # fmt: skip
OLD = "version: 1\nrules:\n  - id: a\n    when: {keywords: [price]}\n    do: [{say: Ten}]\n"
NEW = (
    OLD.replace("Ten", "Eleven")
    + "  - id: b\n    when: {keywords: [name]}\n    do: [{ask: name, text: Yours?}, {say: Hi}]\n"
)


def _talk(id_: int, *texts: str) -> PastConversation:
    return PastConversation(id=id_, turns=tuple(replace(TURN, text=text) for text in texts))


def test_a_rehearsal_shows_what_changes_and_only_that() -> None:
    before, after = load(OLD, source="x"), load(NEW, source="x")
    talks = [_talk(1, "price", "price"), _talk(2, "hello", "price"), _talk(3, "my name", "Ann")]
    found = rehearse(before, after, talks)
    assert [change.id for change in found.changed] == [1, 3]
    assert [(step.before, step.after) for step in found.changed[0].steps] == [(("< Ten",), ("< Eleven",))] * 2
    assert found.changed[1].steps[1].after == ("< Hi", "! set name: Ann")
    assert (found.talks, found.turns, found.answered_before, found.answered_after) == (3, 6, 2, 4)
    assert rehearse(before, before, talks).changed == ()


@pytest.mark.parametrize(("text", "understood"), [("price?", True), ("hello", False), ("", False)])
def test_what_is_understood(text: str, understood: bool) -> None:
    rules = load(OLD + "  - id: z\n    when: anything\n    do: [{say: Well}]\n", source="x")
    assert is_understood(rules, replace(TURN, text=text)) is understood


def test_questions_are_grouped_by_what_they_mean() -> None:
    asked = [
        "Do you have parking?", "is there parking nearby", "parking?", "Do you have parking?", "есть парковка?", "где парковка",
        "can I bring my dog", "are dogs allowed", "ok", "123", "",
    ]  # fmt: skip
    groups = group(asked)
    assert (groups[0].title, groups[0].count) == ("Do you have parking?", 4)
    assert set(groups[0].texts) == {"Do you have parking?", "is there parking nearby", "parking?"}
    assert [each.count for each in groups[1:]] in ([2, 2], [2, 1, 1])


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=30))
def test_grouping_never_raises_and_loses_nothing_twice(texts: list[str]) -> None:
    groups = group(texts)
    assert sum(each.count for each in groups) <= len(texts)


@pytest.mark.parametrize("name", chatbot.STARTERS)
def test_a_rule_is_made_of_a_group(name: str) -> None:
    source = chatbot.starter_text(name)
    asked = ("Do you have parking?", "где парковка")
    made = with_rule(source, about="Parking", examples=asked, answer="Yes, behind the house.")
    rules = load(made, source="x")
    decision = decide(rules, BotState(), replace(TURN, text="is there parking?", first_contact=True))
    assert [effect.text for effect in decision.effects if isinstance(effect, Say)] == [
        "Yes, behind the house."
    ]
    assert made.startswith(source[:500])
    again = with_rule(made, about="Dogs", examples=["Are dogs allowed?"], answer="Yes")
    assert {"question_1", "question_2"} <= set(load(again, source="x").by_id)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_no_words_of_a_customer_break_the_file(example: str, answer: str) -> None:
    try:
        made = with_rule(OLD, about="x", examples=["parking", f"a {example}"], answer=f"b {answer}")
    except ValueError:
        pytest.fail("raised something else than what is told")
    assert "question_1" in load(made, source="x").by_id


def test_a_file_that_is_written_otherwise_is_left_to_its_author() -> None:
    with pytest.raises(NoPlace, match="question_1"):
        with_rule(
            '{"version": "1", "rules": [{"id": "a", "when": "anything", "do": [{"say": "x"}]}]}',
            about="x",
            examples=["parking"],
            answer="y",
        )
