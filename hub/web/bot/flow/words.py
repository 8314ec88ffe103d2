"""Conditions and steps of the bot's rules in plain words, and a sentence that fits any other.

A step brings its own words (`chatbot/steps`); those of conditions are a line a kind here.
"""

from __future__ import annotations

from collections.abc import Callable

from chatbot.outline import RuleOutline
from chatbot.parts import Part, StepOutline
from chatbot.steps.kind import Words
from chatbot.steps.table import KINDS
from hub.wording.i18n import N_
from hub.wording.i18n import gettext as _

YES = ("true", "yes", "on")


def when(rule: RuleOutline) -> list[str]:
    """When a rule is followed."""
    if not rule.is_asked:
        return [_("When a button or another rule leads here")]
    if not rule.when:
        return [_("When nothing above fits")]
    return [CONDITIONS.get(part.key, _other)(part) for part in rule.when]


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


def _other(part: Part) -> str:
    return _("%(name)s: %(value)s") % {"name": part.key.replace("_", " "), "value": part.value}


def _flag(yes: str, no: str) -> Callable[[Part], str]:
    return lambda part: _(yes) if part.value in YES else _(no)


def _valued(text: str) -> Callable[[Part], str]:
    return lambda part: _(text) % {"value": part.value}


def _in_hours(part: Part) -> str:
    if part.value in YES:
        return _("In working hours")
    if part.value in ("false", "no", "off"):
        return _("Out of working hours")
    if part.value.startswith("not "):
        return _("Out of the hours “%(name)s”") % {"name": part.value.removeprefix("not ")}
    return _("In the hours “%(name)s”") % {"name": part.value}


def _none(none: str, text: str) -> Callable[[Part], str]:
    return lambda part: _(none) if part.value == "none" else _(text) % {"value": part.value}


CONDITIONS: dict[str, Callable[[Part], str]] = {
    "first_contact": _flag(
        N_("With the first message of a conversation"), N_("Not with the first message of a conversation")
    ),
    "returning": _flag(N_("When somebody comes back"), N_("When somebody is here for the first time")),
    "knows": _valued(N_("When these are known: %(value)s")),
    "lacks": _valued(N_("When these are not known: %(value)s")),
    "fields": _valued(N_("When the contact has %(value)s")),
    "kind": _valued(N_("When it is of this kind: %(value)s")),
    "channel": _valued(N_("On the channel %(value)s")),
    "language": _valued(N_("In the language %(value)s")),
    "in_hours": _in_hours,
    "choice": _valued(N_("When the button “%(value)s” is pressed")),
    "keywords": _valued(N_("When one of these words is written: %(value)s")),
    "pattern": _valued(N_("When the text has the form %(value)s")),
    "examples": _valued(N_("When something like this is meant: %(value)s")),
    "command": _valued(N_("With the command %(value)s")),
    "tag": _valued(N_("When the contact has the tag %(value)s")),
    "no_tag": _valued(N_("When the contact has not the tag %(value)s")),
    "owner": _none(N_("When the contact is nobody's"), N_("When the contact is %(value)s's")),
    "stage": _none(N_("When there is no open deal"), N_("When the deal is in the stage %(value)s")),
    "lead": _none(N_("When no lead is open"), N_("When a lead is open")),
    "deal": _valued(N_("When the deal has %(value)s")),
    "page": _valued(N_("When it is written on the page %(value)s")),
    "visits": _valued(N_("When somebody who wrote before visits the page %(value)s")),
    "silence": _valued(N_("When nothing is written for %(value)s")),
    "stage_entered": _valued(N_("When the deal enters the stage %(value)s")),
    "schedule": _valued(N_("At these times: %(value)s")),
}


def _any_step(each: StepOutline) -> str:
    return _("%(name)s: %(value)s") % {"name": each.verb.replace("_", " "), "value": each.value}


def _short(each: StepOutline) -> str:
    kind = KINDS.get(each.verb)
    return _(kind.words.short(each)) if kind else each.verb.replace("_", " ")


def _remark(part: Part, words: Words | None) -> str:
    remark = words.remarks.get(part.key) if words else None
    return _(remark(part.value)) if remark else _other(part)
