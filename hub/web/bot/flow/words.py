"""Conditions and steps of the bot's rules in plain words, and a sentence that fits any other.

Their words are the bot's own (`chatbot/steps`, `chatbot/condition_words.py`); here they become the reader's language.
"""

from __future__ import annotations

from chatbot.condition_words import CONDITIONS
from chatbot.outline import RuleOutline
from chatbot.parts import Part, StepOutline
from chatbot.steps.kind import Words
from chatbot.steps.table import KINDS
from hub.wording.i18n import gettext as _


def when(rule: RuleOutline) -> list[str]:
    """When a rule is followed."""
    if not rule.is_asked:
        return [_("When a button or another rule leads here")]
    if not rule.when:
        return [_("When nothing above fits")]
    return [_condition(part) for part in rule.when]


def step(each: StepOutline) -> str:
    """What a step does."""
    kind = KINDS.get(each.verb)
    return _(kind.words.sentence(each)) if kind else _any_step(each)


def remarks(each: StepOutline) -> list[str]:
    """What else is said about a step, beside its sentence."""
    words = KINDS[each.verb].words if each.verb in KINDS else None
    return [_remark(part, words) for part in each.parts if not words or part.key not in words.told]


def brief(rule: RuleOutline) -> str:
    """When a rule is followed, in as few words as tell it from the others: what people write, if that is asked."""
    told = {part.key: part.value for part in rule.when}
    if heard := told.get("keywords") or told.get("examples"):
        return _("“%(value)s”") % {"value": heard}
    return " · ".join(when(rule))


def summary(rule: RuleOutline) -> str:
    """All steps in a few words, for a box of the graph."""
    return " · ".join(dict.fromkeys(_short(each) for each in rule.steps))


def _condition(part: Part) -> str:
    say = CONDITIONS.get(part.key)
    return _(say(part.value)) if say else _other(part)


def _other(part: Part) -> str:
    return _("%(name)s: %(value)s") % {"name": part.key.replace("_", " "), "value": part.value}


def _any_step(each: StepOutline) -> str:
    return _("%(name)s: %(value)s") % {"name": each.verb.replace("_", " "), "value": each.value}


def _short(each: StepOutline) -> str:
    kind = KINDS.get(each.verb)
    return _(kind.words.short(each)) if kind else each.verb.replace("_", " ")


def _remark(part: Part, words: Words | None) -> str:
    remark = words.remarks.get(part.key) if words else None
    return _(remark(part.value)) if remark else _other(part)
