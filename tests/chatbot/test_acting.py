"""Steps that act outside of the talk, and what happens without a message: played as transcripts."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.engine import decide
from chatbot.model import Abilities, Answer, BotState, CallWebhook, Crm, HandOver, Say, Turn, Wait
from chatbot.parse import RulesInvalid, load
from chatbot.schedules import last_due
from chatbot.transcript import play

RULES = """
version: 1
hours:
  shop: {timezone: Asia/Phnom_Penh, open: {mon-fri: "08:00-17:30"}}
rules:
  - id: person
    interrupts: true
    when: {keywords: operator}
    do:
      - say: A colleague comes.
      - hand_over: Asks for a person
  - id: order
    when: {keywords: order}
    do:
      - ask: number
        text: Which order?
        save: order
      - say: One moment.
      - webhook: https://erp.example/orders
        send: {order: "{{ order }}"}
        save: {status: order.status, parts: "length(order.parts)"}
        timeout: 3 s
        fallback: unknown_order
      - if: {fields: {status: [sent, delivered]}}
        then: sent
      - say: "Order {{ order }} is {{ status|default('being looked at') }}, {{ parts }} parts."
  - id: sent
    do:
      - say: "Order {{ order }} is on its way."
      - deal: Delivery
        pipeline: Sales
        title: "Order {{ order }}"
        fields: {number: "{{ order }}"}
  - id: unknown_order
    do:
      - say: I cannot see orders now.
      - lead: open
        title: "Order {{ order }} is asked about"
      - hand_over: Our order service is away
  - id: later
    when: {keywords: remind}
    do:
      - say: I write in two hours.
      - wait: 2 h
      - say: Here I am again.
  - id: nag
    when: {keywords: nag}
    do:
      - wait: 10 min
        if_writes: keep
      - say: Still thinking of you.
  - id: quick
    when: {keywords: quick}
    do:
      - wait: 10 min
        if_writes: go_on
      - say: And now?
  - id: size
    when: {keywords: size}
    do:
      - ask: number
        text: Which size?
        save: size
      - say: "Size {{ size }} it is."
  - id: prices
    when: {keywords: prices}
    do: [{say: They are on the list.}]
  - id: quiet
    when: {silence: 30 min, no_tag: asked}
    do:
      - tag: asked
      - say: Are you still there?
  - id: won
    when: {stage_entered: Won}
    do: [{say: Welcome as our customer!}]
  - id: looks
    when: {visits: "/prices*", lead: none}
    do: [{say: Do you have questions about our prices?}]
  - id: rang
    returns: true
    when: {kind: missed_call, in_hours: not shop}
    do: [{say: "We missed your call. We open {{ opens }}."}]
  - id: monday
    when: {schedule: mon 09:00, tag: subscriber}
    do: [{say: This week's list.}]
"""
TURN = Turn(
    text="", channel="chat", connector="chat", language="en", now=datetime(2026, 11, 23, 3, tzinfo=UTC), first_contact=False,
    in_hours=True, known={}, abilities=Abilities(buttons=True),
)  # fmt: skip


@pytest.mark.parametrize(
    "script",
    [
        """
        > order
        < Which order?
        > 4711
        < One moment.
        ! set order: 4711
        ! webhook: https://erp.example/orders {"order": "4711"} (at most 3 s)
        > hello?
        ! nothing: the answer of a service is on its way
        > (answer) {"order": {"status": "Sent", "parts": [1, 2]}}
        < Order 4711 is on its way.
        ! deal: Sales / Delivery (Order 4711), number: 4711
        """,
        """
        > order
        < Which order?
        > 4711
        < One moment.
        ! set order: 4711
        ! webhook: https://erp.example/orders {"order": "4711"} (at most 3 s)
        > what are the prices?
        < They are on the list.
        > (answer) {"order": {"parts": [1, 2]}}
        < Order 4711 is being looked at, 2 parts.
        """,
        """
        > order
        < Which order?
        > 4711
        < One moment.
        ! set order: 4711
        ! webhook: https://erp.example/orders {"order": "4711"} (at most 3 s)
        > (no answer) it took more than 3 s
        < I cannot see orders now.
        ! lead: open (Order 4711 is asked about)
        ! hand over: Our order service is away
        """,
        """
        > order
        < Which order?
        > 4711
        < One moment.
        ! set order: 4711
        ! webhook: https://erp.example/orders {"order": "4711"} (at most 3 s)
        > operator
        < A colleague comes.
        ! hand over: Asks for a person
        """,
        """
        > remind
        < I write in two hours.
        ! wait: 2 h
        > (later)
        < Here I am again.
        """,
        """
        > remind
        < I write in two hours.
        ! wait: 2 h
        > prices
        < They are on the list.
        > (later)
        ! nothing: nothing waits for this any more
        """,
        """
        > nag
        ! wait: 10 min
        > prices
        < They are on the list.
        > (later)
        < Still thinking of you.
        """,
        """
        > nag
        ! wait: 10 min
        > what a strange thing
        ! silent: no rule speaks to this
        """,
        """
        > quick
        ! wait: 10 min
        > and?
        < And now?
        """,
        """
        > size
        < Which size?
        > (silence)
        < Are you still there?
        ! tag: asked
        > 42
        < Size 42 it is.
        ! set size: 42
        > (silence)
        ! nothing: no rule speaks to this silence
        """,
        """
        @ stage: Won
        > (stage)
        < Welcome as our customer!
        @ stage: Lost
        > (stage)
        ! nothing: no rule speaks to this stage
        """,
        """
        > (page) /prices/chairs
        < Do you have questions about our prices?
        > (page) /about
        ! nothing: no rule speaks to this page
        @ lead: yes
        > (page) /prices
        ! nothing: no rule speaks to this page
        """,
        """
        @ now: 2026-11-22T03:00
        > (missed_call)
        < We missed your call. We open Monday, 08:00.
        @ now: 2026-11-23T03:00
        > (missed_call)
        ! nothing: no rule speaks to this missed call
        """,
        """
        > (schedule)
        ! nothing: no rule speaks to this schedule
        @ tag: Subscriber
        > (schedule)
        < This week's list.
        """,
    ],
)
def test_transcripts(script: str) -> None:
    written = textwrap.dedent(script).lstrip("\n")
    assert play(load(RULES, source="x"), written) == written


def _when(condition: str, crm: Crm, **more: str) -> bool:
    rules = load(
        f"version: 1\nrules:\n  - id: a\n    when: {condition}\n    do: [{{say: Yes}}]\n", source="x"
    )
    decision = decide(rules, BotState(), replace(TURN, text="hello", crm=crm, **more))
    return any(isinstance(effect, Say) for effect in decision.effects)


@pytest.mark.parametrize(
    ("condition", "crm", "fits"),
    [
        ("{tag: [vip, gold]}", Crm(tags=frozenset({"VIP"})), True),
        ("{tag: vip}", Crm(tags=frozenset({"other"})), False),
        ("{no_tag: vip}", Crm(), True),
        ("{no_tag: vip}", Crm(tags=frozenset({"vip"})), False),
        ("{owner: dara}", Crm(owner=("Dara", "d@example.test")), True),
        ("{owner: D@example.test}", Crm(owner=("Dara", "d@example.test")), True),
        ("{owner: dara}", Crm(), False),
        ("{owner: none}", Crm(), True),
        ("{owner: none}", Crm(owner=("Dara",)), False),
        ("{stage: [Offer, Won]}", Crm(stage="offer"), True),
        ("{stage: Offer}", Crm(), False),
        ("{stage: none}", Crm(), True),
        ("{stage: [none, Won]}", Crm(stage="Offer"), False),
        ("{lead: open}", Crm(has_lead=True), True),
        ("{lead: none}", Crm(has_lead=True), False),
        ("{deal: {size: [L, XL]}}", Crm(deal={"size": "xl"}), True),
        ("{deal: {size: L}}", Crm(), False),
    ],
)
def test_conditions_on_what_the_house_has(condition: str, crm: Crm, fits: bool) -> None:
    assert _when(condition, crm) is fits


@pytest.mark.parametrize(("path", "fits"), [("/prices/x", True), ("/price", False), ("", False)])
def test_the_page_that_somebody_writes_on(path: str, fits: bool) -> None:
    assert _when("{page: [/prices/*, /shop]}", Crm(), page=path) is fits


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
