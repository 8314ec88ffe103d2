"""Steps that act outside of the talk, and what happens without a message: played as transcripts."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Crm, Say, Turn
from chatbot.parse import load
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
