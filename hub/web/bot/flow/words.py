"""Conditions and steps of the bot's rules in plain words: one line a kind, and a sentence that fits any other."""

from __future__ import annotations

from collections.abc import Callable

from chatbot.outline import Part, RuleOutline, StepOutline
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
    return STEPS[each.verb](each) if each.verb in STEPS else _any_step(each)


def remarks(each: StepOutline) -> list[str]:
    """What else is said about a step, beside its sentence."""
    known = SAID.get(each.verb, ())
    told = [part for part in each.parts if part.key not in known]
    if each.verb == "webhook":
        return [_kept(part) if part.key == "save" else _remark(part) for part in told]
    return [_remark(part) for part in told]


def _kept(part: Part) -> str:
    return _("Keeps of the answer: %(value)s") % {"value": part.value}


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
SAID = {
    "ask": ("text",),
    "task": ("due_in",),
    "hand_over": ("to",),
    "say": (),
    "deal": ("pipeline", "title"),
    "lead": ("title", "reason"),
    "if": ("then", "else"),
    "webhook": ("timeout",),
    "wait": (),
}


def _part(each: StepOutline, key: str) -> str:
    return next((part.value for part in each.parts if part.key == key), "")


def _ask(each: StepOutline) -> str:
    return _("Asks for the %(what)s: “%(text)s”") % {"what": _asked(each.value), "text": _part(each, "text")}


def _asked(what: str) -> str:
    return {
        "phone": _("phone number"),
        "email": _("email"),
        "name": _("name"),
        "date": _("date"),
        "number": _("number"),
        "choice": _("choice"),
        "file": _("file"),
        "text": _("answer"),
    }.get(what, what)


def _task(each: StepOutline) -> str:
    due = _part(each, "due_in") or "1 h"
    return _("Makes a task, due in %(due)s: %(title)s") % {"title": each.value, "due": due}


def _hand_over(each: StepOutline) -> str:
    if to := _part(each, "to"):
        return _("Hands over to %(to)s: %(reason)s") % {"to": to, "reason": each.value}
    return _("Hands over to a person: %(reason)s") % {"reason": each.value}


def _deal(each: StepOutline) -> str:
    place = " / ".join(filter(None, (_part(each, "pipeline"), each.value)))
    if title := _part(each, "title"):
        return _("Puts the deal into the stage “%(stage)s”; a new one is called “%(title)s”") % {
            "stage": place,
            "title": title,
        }
    return _("Puts the deal into the stage “%(stage)s”") % {"stage": place}


def _lead(each: StepOutline) -> str:
    said = _("Opens a lead") if each.value == "open" else _("Declines the lead")
    more = _part(each, "title") or _part(each, "reason")
    return f"{said}: {more}" if more else said


def _if(each: StepOutline) -> str:
    values = {"value": each.value, "then": _part(each, "then"), "otherwise": _part(each, "else")}
    if values["otherwise"]:
        return _("If %(value)s, goes on with the rule “%(then)s”, else with “%(otherwise)s”") % values
    return _("If %(value)s, goes on with the rule “%(then)s”") % values


def _webhook(each: StepOutline) -> str:
    return _("Asks %(address)s and waits for the answer, %(time)s at most") % {
        "address": each.value,
        "time": _part(each, "timeout") or "5 s",
    }


def _stated(text: str) -> Callable[[StepOutline], str]:
    return lambda each: _(text) % {"value": each.value}


STEPS: dict[str, Callable[[StepOutline], str]] = {
    "say": _stated(N_("Says: “%(value)s”")),
    "ask": _ask,
    "set": _stated(N_("Remembers %(value)s")),
    "tag": _stated(N_("Adds the tag “%(value)s”")),
    "task": _task,
    "hand_over": _hand_over,
    "close": _stated(N_("Closes the conversation: %(value)s")),
    "goto": _stated(N_("Goes on with the rule “%(value)s”")),
    "call": _stated(N_("Does the rule “%(value)s” and comes back")),
    "deal": _deal,
    "lead": _lead,
    "if": _if,
    "webhook": _webhook,
    "wait": _stated(N_("Waits %(value)s")),
}
SHORT: dict[str, str] = {
    "say": N_("says"),
    "set": N_("remembers"),
    "tag": N_("tags"),
    "task": N_("makes a task"),
    "hand_over": N_("hands over"),
    "close": N_("closes"),
    "goto": N_("goes on"),
    "call": N_("does another rule"),
    "deal": N_("moves the deal"),
    "lead": N_("opens or declines a lead"),
    "if": N_("decides"),
    "webhook": N_("asks a service"),
    "wait": N_("waits"),
}


REMARKS: dict[str, str] = {
    "save": N_("The answer is kept as “%(value)s”."),
    "invalid": N_("If it is no answer: “%(value)s”"),
    "accepted": N_("If it is right: “%(value)s”"),
    "give_up": N_("If it gives up: “%(value)s”"),
    "variants": N_("Or: %(value)s"),
    "retries": N_("Further tries: %(value)s"),
    "fields": N_("Fields of the deal: %(value)s"),
    "send": N_("Sends %(value)s"),
    "fallback": N_("If the service fails: the rule “%(value)s”"),
    "if_writes": N_("If somebody writes meanwhile: %(value)s"),
    "again": N_("Asked even if it is known: %(value)s"),
}


def _any_step(each: StepOutline) -> str:
    return _("%(name)s: %(value)s") % {"name": each.verb.replace("_", " "), "value": each.value}


def _short(each: StepOutline) -> str:
    if each.verb == "ask":
        return _("asks for the %(what)s") % {"what": _asked(each.value)}
    return _(SHORT[each.verb]) if each.verb in SHORT else each.verb.replace("_", " ")


def _remark(part: Part) -> str:
    return _(REMARKS[part.key]) % {"value": part.value} if part.key in REMARKS else _other(part)
