"""A decision of the bot as what it came to for its run."""

from __future__ import annotations

from datetime import UTC, datetime

from chatbot.model import Close, Decision, HandOver, Say
from chatbot.rules import RuleSet
from chatbot.steps.say import SayStep
from inbox.bot.analytics.model import Turned


def turned(rules: RuleSet, decision: Decision, *, now: datetime) -> Turned:
    """Buttons under an answer are an offer, not a question: nothing waits there."""
    kinds = {type(effect): effect for effect in decision.effects}
    said = kinds.get(Say)
    return Turned(
        day=now.astimezone(UTC).date(),
        began=decision.began,
        waits_at=_question(rules, decision),
        said=said.text if isinstance(said, Say) else "",
        hands_over=HandOver in kinds,
        is_silent=said is None and HandOver not in kinds and Close not in kinds and not decision.state.flow,
        asks_back=bool(decision.state.offered),
    )


def _question(rules: RuleSet, decision: Decision) -> str:
    state = decision.state
    rule = rules.by_id.get(state.flow)
    place = rule.places.get(state.step) if rule else None
    if rule is None or place is None or isinstance(rule.steps[place][1], SayStep):
        return ""
    return f"{state.flow}.{state.step}"
