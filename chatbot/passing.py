"""Turns in which nobody wrote: a service answers, a wait is over, something happens around the conversation."""

from __future__ import annotations

from chatbot.conditions import why_matches
from chatbot.model import Answer, BotState, Decision, HandOver, KeepWaiting
from chatbot.rules import Step
from chatbot.run import Run
from chatbot.stepping import go
from chatbot.steps.wait import WaitStep
from chatbot.steps.webhook import WebhookStep, values_of
from values.sentences import phrase

MAX_ALONE = 20
"""Turns without a word of the person: rules that only wake each other up end here."""


def happened(run: Run, state: BotState, waiting: Step | None) -> Decision:
    """What comes of it; with nothing to do everything stays as it was."""
    kind = run.turn.kind
    if run.alone > MAX_ALONE:
        return _handed(
            run,
            reason=phrase(
                "The bot acted {max_alone} times without a word of the customer.", max_alone=MAX_ALONE
            ),
        )
    if kind in ("answer", "later") and not state.flow:
        return waits_on(run, state, "nothing waits for this any more")
    if kind == "answer":
        if not isinstance(waiting, WebhookStep):
            return _handed(run, reason=phrase("The rule changed while it waited for a service."))
        return _answered(run, state, waiting, run.turn.answer or Answer(failed="there was no answer"))
    if kind == "later":
        if not isinstance(waiting, WaitStep):
            return _handed(run, reason=phrase("The rule changed while it waited."))
        run.why.append("the wait is over")
        return goes_on(run, state)
    return _event(run, state)


def goes_on(run: Run, state: BotState) -> Decision:
    """Take the step after the one that waited."""
    flow = run.rules.by_id[state.flow]
    go(run, flow, flow.places[state.step] + 1)
    return run.decision()


def waits_on(run: Run, state: BotState, reason: str) -> Decision:
    """Nothing to do; what was open stays open."""
    run.effects.append(KeepWaiting(reason=reason))
    run.why.append(reason)
    run.calls = []
    run.offered = state.offered
    run.resume(state)
    return run.decision()


def _answered(run: Run, state: BotState, step: WebhookStep, answer: Answer) -> Decision:
    if not answer.failed:
        for name, value in values_of(step, answer).items():
            run.save(name, value)
        run.why.append("the service answered")
        return goes_on(run, state)
    reason = answer.failed[:150]
    run.why.append(f"the service failed: {reason}")
    fallback = run.rules.by_id.get(step.fallback)
    if fallback is None:
        return _handed(run, reason=phrase("A service failed: {reason}", reason=reason))
    go(run, fallback, 0)
    return run.decision()


def _event(run: Run, state: BotState) -> Decision:
    """The first rule that waits for this runs beside whatever is open, which is open again afterwards."""
    turn = run.turn
    for rule in run.rules.events.get(turn.kind, ()):
        if turn.trigger not in ("", rule.id):
            continue
        reason = why_matches(rule, run.moment)
        if reason is None:
            continue
        run.why.append(reason)
        run.calls = []
        go(run, rule, 0)
        run.resume(state)
        return run.decision()
    return waits_on(run, state, f"no rule speaks to this {turn.kind.replace('_', ' ')}")


def _handed(run: Run, *, reason: str) -> Decision:
    run.end(HandOver(reason=reason))
    run.why.append(reason)
    return run.decision()
