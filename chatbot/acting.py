"""Steps that act outside of the talk: leads, deals, services that are asked, waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from chatbot.model import AddTag, Answer, CallWebhook, Crm, Decision, MoveDeal, MoveLead, Wait
from chatbot.rules import Rule
from chatbot.run import Run
from chatbot.steps import DealStep, LeadStep, WaitStep, WebhookStep
from chatbot.validators import MAX_SAVED, text
from values.sentences import tidied

MAX_TITLE = 200
UNREADABLE = (
    JMESPathError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def deal(run: Run, rule: Rule, name: str, step: DealStep) -> None:
    del rule, name
    title = run.text(step.title, for_managers=True)[:MAX_TITLE]
    fields = {field: run.text(value, for_managers=True)[:MAX_SAVED] for field, value in step.fields}
    run.add(MoveDeal(stage=step.stage, pipeline=step.pipeline, title=title, fields=fields))


def lead(run: Run, rule: Rule, name: str, step: LeadStep) -> None:
    del rule, name
    title = run.text(step.title, for_managers=True)[:MAX_TITLE]
    reason = tidied(run.text(step.reason, for_managers=True), lambda text: text[:MAX_TITLE])
    run.add(MoveLead(state=step.state, title=title, reason=reason))


def webhook(run: Run, rule: Rule, name: str, step: WebhookStep) -> None:
    """Ends this turn: the rule goes on with the answer."""
    body = {field: run.text(value)[:MAX_SAVED] for field, value in step.sends}
    run.effects.append(CallWebhook(url=step.url, body=body, seconds=step.seconds))
    run.waits_at = (rule.id, name, 0)


def wait(run: Run, rule: Rule, name: str, step: WaitStep) -> None:
    run.effects.append(Wait(seconds=step.seconds))
    run.waits_at = (rule.id, name, 0)


ACTING: dict[type[Any], Callable[[Run, Rule, str, Any], None]] = {
    DealStep: deal,
    LeadStep: lead,
    WebhookStep: webhook,
    WaitStep: wait,
}


def after(crm: Crm, decision: Decision) -> Crm:
    """What the house has of the contact once these effects are carried out."""
    for effect in decision.effects:
        match effect:
            case AddTag():
                crm = replace(crm, tags=crm.tags | {effect.tag})
            case MoveDeal():
                crm = replace(crm, stage=effect.stage, has_lead=False, deal={**crm.deal, **effect.fields})
            case MoveLead():
                crm = replace(crm, has_lead=effect.state == "open" and not crm.stage)
            case _:
                pass
    return crm


def values_of(step: WebhookStep, answer: Answer) -> dict[str, str]:
    """What a rule saves of an answer; what is not there, or no plain value, is empty."""
    return {name: _plain(_found(path, answer.data)) for name, path in step.saves}


@lru_cache(maxsize=2_000)
def compiled(path: str) -> Any:
    """A path into an answer; raises one of UNREADABLE."""
    return jmespath.compile(path)


def _found(path: str, data: Any) -> object:
    try:
        return compiled(path).search(data)
    except UNREADABLE:
        return None


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return text(value[:MAX_SAVED], "") or ""
    return str(value)[:MAX_SAVED] if isinstance(value, int | float) else ""
