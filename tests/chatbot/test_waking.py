"""What wakes rules: services' answers, schedules, stages; and the faults of files that name them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.engine import decide
from chatbot.model import Answer, BotState, CallWebhook, HandOver, Say, Wait
from chatbot.parse import load
from chatbot.problems import RulesInvalid
from chatbot.schedules import last_due
from tests.chatbot.test_outside import RULES, TURN


def test_what_happens_for_one_rule_runs_no_other() -> None:
    rules = load(RULES, source="x")
    silent = decide(rules, BotState(), replace(TURN, kind="silence", trigger="won"))
    assert not any(isinstance(effect, Say) for effect in silent.effects)


def test_an_answer_that_no_rule_waits_for_is_given_to_a_person() -> None:
    gone = BotState(flow="order", step="gone")
    decision = decide(load(RULES, source="x"), gone, replace(TURN, kind="answer", answer=Answer(data={})))
    assert decision.effects == (HandOver(reason="The rule changed while it waited for a service."),)


def test_a_service_without_fallback_hands_over() -> None:
    rules = load(
        "version: 1\nrules: [{id: a, when: anything, do: [{webhook: 'https://x.example/'}, {say: x}]}]",
        source="x",
    )
    asked = decide(rules, BotState(), TURN)
    assert asked.effects == (CallWebhook(url="https://x.example/", body={}, seconds=5),)
    failed = decide(
        rules, asked.state, replace(TURN, kind="answer", answer=Answer(failed="It took too long."))
    )
    assert failed.effects == (HandOver(reason="A service failed: It took too long."),)


def test_rules_that_wake_themselves_are_stopped() -> None:
    rules = load(
        "version: 1\nrules: [{id: a, when: anything, do: [{say: x}, {wait: 1 min}, {if: {lacks: nothing}, then: a}]}]",
        source="x",
    )
    decision, woken = decide(rules, BotState(), TURN), 0
    while any(isinstance(effect, Wait) for effect in decision.effects):
        decision, woken = decide(rules, decision.state, replace(TURN, kind="later")), woken + 1
    assert isinstance(decision.effects[-1], HandOver)
    assert woken == 21
    assert "without a word" in decision.effects[-1].reason


@pytest.mark.parametrize(
    ("when", "step", "words"),
    [
        ("anything", "deal: {a: b}", "5:17: the stage is a mapping"),
        ("anything", "lead: lost", "5:17: lead cannot be `lost`"),
        ("anything", "lead: open, reason: x", "`lead: open` has no `reason`"),
        ("anything", "if: {tag: x}", "does not say which rule goes on; add `then:`"),
        ("anything", "if: {tag: x}, then: b", "5:31: there is no rule `b`"),
        ("anything", "if: {silence: 1 h}, then: a", "an `if` cannot wait"),
        ("anything", "webhook: erp.example", "5:20: the webhook is not an address"),
        ("anything", "webhook: 'http://me@erp.example'", "not an address"),
        ("anything", "webhook: 'http://{{ name }}/'", "not an address"),
        ("anything", "webhook: 'http://x:99999999/'", "not an address"),
        ("anything", "webhook: 'file:///etc/passwd'", "not an address"),
        (
            "anything",
            "webhook: 'https://e.example', timeout: 2 min",
            "timeout is not a span of time; write 5 s",
        ),
        ("anything", "webhook: 'https://e.example', fallback: b", "there is no rule `b`"),
        ("anything", "webhook: 'https://e.example', save: status", "`save` does not say what"),
        (
            "anything",
            "webhook: 'https://e.example', save: {status: 'a..b'}",
            "`a..b` is no path into an answer",
        ),
        ("anything", "webhook: 'https://e.example', save: {hours: a}", "`hours` means something else"),
        ("anything", "wait: soon", "5:17: wait is not a span of time"),
        ("anything", "wait: 1 h, if_writes: ignore", "if_writes cannot be `ignore`"),
        ("{silence: 0 min}", "say: x", "4:21: silence is not a span of time"),
        ("{silence: 1 h, kind: form}", "say: x", "waits for both `silence` and `kind`"),
        ("{silence: 1 h, visits: /x}", "say: x", "waits for both `silence` and `visits`"),
        ("{silence: 1 h, keywords: x}", "say: x", "nothing is written when this happens"),
        ("{kind: [message, missed_call]}", "say: x", "4:18: a missed call is no message"),
        ("{schedule: noon}", "say: x", "the schedule is not a time; write 09:00"),
        ("{schedule: 25:00}", "say: x", "the schedule is not a time"),
        ("{schedule: xyz 09:00}", "say: x", "`xyz` is no day of the week"),
        ("{schedule: {at: 09:00, within: 2 y}}", "say: x", "within is not a number of days"),
        ("{visits: prices}", "say: x", "`prices` is not the path of a page"),
        ("{lead: lost}", "say: x", "lead cannot be `lost`"),
    ],
)
def test_faults(when: str, step: str, words: str) -> None:
    text = f"version: 1\nrules:\n  - id: a\n    when: {when}\n    do: [{{{step}}}]\n"
    with pytest.raises(RulesInvalid) as caught:
        load(text, source="x")
    assert any(words in str(problem) for problem in caught.value.problems), caught.value
    assert all(problem.remedy for problem in caught.value.problems)


def test_only_events_bring_the_bot_back() -> None:
    with pytest.raises(RulesInvalid, match="only what happens without a message may bring the bot back"):
        load("version: 1\nrules: [{id: a, when: anything, returns: true, do: [{say: x}]}]", source="x")


def test_stages_that_are_named_keep_their_place() -> None:
    rules = load(
        "version: 1\nrules:\n  - id: a\n    when: {stage: [Offer, none]}\n    do: [{deal: Won, pipeline: B}]\n",
        source="x",
    )
    assert [(each.pipeline, each.stage, each.line, each.column) for each in rules.stages] == [
        ("", "Offer", 4, 20),
        ("B", "Won", 5, 17),
    ]
    assert rules.asks_crm


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T01:59", "2026-11-20T02:00"),
        ("2026-11-23T02:00", "2026-11-23T02:00"),
        ("2026-11-28T12:00", "2026-11-27T02:00"),
        ("0001-01-01T00:00", None),
    ],
)
def test_a_schedule_goes_by_the_clock_of_the_house(now: str, due: str | None) -> None:
    text = RULES.replace("schedule: mon 09:00", "schedule: mon-fri 09:00")
    rule = load(text, source="x").by_id["monday"]
    assert rule.when
    assert rule.when.schedule
    wanted = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    assert last_due(rule.when.schedule, datetime.fromisoformat(now).replace(tzinfo=UTC)) == wanted
