"""What people mean in three languages, how sure the bot is, what it asks back, and when it is silent instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Decision, Say, StaySilent, Turn
from chatbot.parse import load
from chatbot.problems import RulesInvalid
from chatbot.rules import RuleSet
from chatbot.understanding.examples import Examples
from chatbot.understanding.spelling import Spelling
from chatbot.understanding.stems import words_of
from chatbot.understanding.thesaurus import with_groups

FILE = """
version: 1
synonyms:
  - [bespoke, made to measure]
rules:
  - id: delivery
    about: {en: Delivery, ru: Доставка, km: ការដឹកជញ្ជូន}
    when:
      examples:
        en: [Do you deliver to Siem Reap?, How long does delivery take?]
        ru: [Вы доставляете в другой город?]
        km: [តើអ្នកដឹកជញ្ជូនទៅខេត្តទេ?]
    do: [{say: We deliver.}]
  - id: tracking
    about: {en: My order, ru: Мой заказ, km: ការបញ្ជាទិញរបស់ខ្ញុំ}
    when:
      examples: [Where is my order?, Where is my parcel?]
    do: [{say: It is on its way.}]
  - id: bespoke
    when:
      examples: [Do you make bespoke furniture?]
    do: [{say: We do.}]
  - id: night
    when:
      in_hours: false
      examples: [Do you work at night?]
    do: [{say: We do not.}]
"""
TURN = Turn(
    text="", channel="chat", connector="chat", language="en", now=datetime(2026, 11, 23, 3, tzinfo=UTC), first_contact=False,
    in_hours=True, known={}, abilities=Abilities(buttons=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load(FILE, source="x")


def _answer(decision: Decision) -> str:
    return next((effect.text for effect in decision.effects if isinstance(effect, Say)), "")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("do you delivr to Kampot", "We deliver."),
        ("Доставите в Тулу?", "We deliver."),
        ("ដឹកទៅកំពតបានទេ", "We deliver."),
        ("WHERE IS MY ORDER??", "It is on its way."),
        ("где мой заказ", "It is on its way."),
        ("made to measure furniture?", "We do."),
        ("កញ្ចប់របស់ខ្ញុំនៅឯណា", "It is on its way."),
        ("Who won the match yesterday?", ""),
        ("the", ""),
        ("", ""),
        ("🙂", ""),
        ("12345", ""),
    ],
)
def test_a_message_means_one_rule_or_nothing(rules: RuleSet, text: str, answer: str) -> None:
    decision = decide(rules, BotState(), replace(TURN, text=text))
    assert _answer(decision) == answer
    assert bool(answer) != any(isinstance(effect, StaySilent) for effect in decision.effects)


def test_a_match_is_explained(rules: RuleSet) -> None:
    why = decide(rules, BotState(), replace(TURN, text="where is my order")).why[0]
    assert why.startswith("means `Where is my order?` (")
    assert "`order`" in why
    assert why.endswith("of rule tracking")


@pytest.mark.parametrize("is_open", [True, False])
def test_only_rules_whose_circumstances_hold_are_meant(rules: RuleSet, is_open: bool) -> None:
    decision = decide(rules, BotState(), replace(TURN, text="do you work at night?", in_hours=is_open))
    assert _answer(decision) == ("" if is_open else "We do not.")


@pytest.mark.parametrize(
    "reply", [{"choice": "mean:tracking"}, {"text": "2"}, {"text": "my order"}, {"text": "Мой заказ"}]
)
def test_between_two_close_ones_the_bot_asks(rules: RuleSet, reply: dict[str, str]) -> None:
    first = decide(rules, BotState(), replace(TURN, text="my order and my delivery"))
    assert _answer(first) == "Did you mean one of these?"
    says = next(effect for effect in first.effects if isinstance(effect, Say))
    assert {button.label for button in says.buttons} == {"Delivery", "My order"}
    state = BotState.from_json(first.state.to_json())
    ordered = BotState(offered=("delivery", "tracking")) if reply.get("text") == "2" else state
    assert _answer(decide(rules, ordered, replace(TURN, **reply))) == "It is on its way."


def test_without_a_name_for_the_matter_nothing_is_asked_back(rules: RuleSet) -> None:
    nameless = load(FILE.replace("    about: {en: My order", "    # about: {en: My order"), source="x")
    decision = decide(nameless, BotState(), replace(TURN, text="my order and my delivery"))
    assert _answer(decision) == ""


def test_the_question_back_can_be_written(rules: RuleSet) -> None:
    own = load(FILE.replace("synonyms:", "understanding: {did_you_mean: Which one}\nsynonyms:"), source="x")
    assert _answer(decide(own, BotState(), replace(TURN, text="my order and my delivery"))) == "Which one"
    assert rules.understanding.threshold == 0.45


@pytest.mark.parametrize(("threshold", "answer"), [("0.1", "It is on its way."), ("0.99", "")])
def test_the_threshold_can_be_written(threshold: str, answer: str) -> None:
    own = load(FILE.replace("synonyms:", f"understanding: {{threshold: {threshold}}}\nsynonyms:"), source="x")
    assert _answer(decide(own, BotState(), replace(TURN, text="my order"))) == answer


@pytest.mark.parametrize(
    ("written", "stems"),
    [
        ("deliveries", ["deliveri"]),
        ("доставки", ["доставк"]),
        ("Ёлки", ["елк"]),
        ("តម្លៃប៉ុន្មាន", ["តម្លៃ", "ប៉ុន្មាន"]),
        ("លេខ៤២ABC", ["លេខ", "៤២", "abc"]),
        ("a\ud800b", ["ab"]),
    ],
)
def test_words(written: str, stems: list[str]) -> None:
    assert [word.stem for word in words_of(written)] == stems


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("delivrey", "delivery"),
        ("dellivery", "delivery"),
        ("guarante", "guarantee"),
        ("cat", ""),
        ("none", ""),
        ("1234", ""),
        ("xyzzyx", ""),
    ],
)
def test_slips_of_the_keyboard(slip: str, meant: str) -> None:
    assert Spelling(["delivery", "guarantee", "cart", "done", "1235"]).mend(slip) == meant


def test_a_synonym_joins_what_its_words_mean_already() -> None:
    words = with_groups([["doorstep drop", "delivery"]])
    assert words.meanings(words_of("doorstep drop"))[0].stem == words.meanings(words_of("доставка"))[0].stem


@settings(deadline=None)
@given(st.text(max_size=500))
def test_ranking_never_raises_and_scores_stay_in_bounds(text: str) -> None:
    examples = Examples({"a": ["hello there", "តម្លៃប៉ុន្មាន"], "b": ["где заказ", "hello again"]})
    ranked = examples.rank(text)
    assert all(0 < each.score <= 1 for each in ranked)
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("understanding: {threshold: 2}", "2:28: threshold is `2`"),
        ("understanding: {treshold: 0.5}", "did you mean `threshold`"),
        ("synonyms: [[one]]", "name at least two"),
        ("synonyms: [[one, '?!']]", "is not a synonym"),
    ],
)
def test_faults_of_the_sections(section: str, said: str) -> None:
    with pytest.raises(RulesInvalid) as caught:
        load(f"version: 1\n{section}\nrules: [{{id: a, when: anything, do: [{{say: x}}]}}]", source="x")
    assert said in str(caught.value)


def test_an_example_without_words_is_a_fault() -> None:
    with pytest.raises(RulesInvalid, match="is not an example"):
        load("version: 1\nrules: [{id: a, when: {examples: ['?!']}, do: [{say: x}]}]", source="x")
