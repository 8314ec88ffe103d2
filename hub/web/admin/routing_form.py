"""A rule of routing as a form: what was typed, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hub.web import forms
from hub.web.admin.routing import MOST_MINUTES, words
from hub.wording.i18n import N_
from inbox.routing.rules import Rule
from values.errors import Invalid
from values.texts import one_line

LISTS = ("sources", "languages", "words", "tags")
BOUNDS = {"answer_within": (0, MOST_MINUTES), "escalate_after": (1, 20)}
FLAGS = ("is_on", "is_strict", "over_manager")


def shown(rule: Rule) -> dict[str, str]:
    """A rule as the form's values."""
    return {
        "name": rule.name,
        "to": rule.to,
        **{name: ", ".join(getattr(rule, name)) for name in LISTS},
        **{name: "1" if getattr(rule, name) else "" for name in FLAGS},
        **{f"channel-{slug}": "1" for slug in rule.channels},
        "hours": rule.hours,
        "way": rule.way,
        "answer_within": str(rule.answer_within or ""),
        "escalate_to": rule.escalate_to,
        "escalate_after": str(rule.escalate_after),
    }


def read(fields: Mapping[str, str], *, id_: int, channels: Collection[str]) -> Rule:
    """The rule that was typed. Raises Invalid."""
    name, to = _line(fields, "name"), _line(fields, "to")
    if not name:
        raise Invalid(N_("Give the rule a name; it is shown with each decision."), field="name")
    if not to:
        raise Invalid(N_("Choose who it is assigned to: a team, a skill or a person."), field="to")
    return Rule(
        id=id_,
        name=name,
        to=to,
        channels=tuple(slug for slug in channels if fields.get(f"channel-{slug}")),
        sources=words(fields, "sources"),
        languages=words(fields, "languages"),
        words=words(fields, "words"),
        tags=words(fields, "tags"),
        is_on=bool(fields.get("is_on")),
        is_strict=bool(fields.get("is_strict")),
        over_manager=bool(fields.get("over_manager")),
        hours=forms.choice(fields, "hours", ("", "open", "closed")),
        way=forms.choice({"way": "turn", **fields}, "way", ("turn", "least")),
        answer_within=_number(fields, "answer_within", N_("Minutes are a number from 0 to 10080.")),
        escalate_to=_line(fields, "escalate_to"),
        escalate_after=_number(fields, "escalate_after", N_("This is a number from 1 to 20.")),
    )


def _line(fields: Mapping[str, str], name: str) -> str:
    return one_line(fields.get(name, ""), 100)


def _number(fields: Mapping[str, str], name: str, sentence: str) -> int:
    least, most = BOUNDS[name]
    return forms.whole(fields, name, sentence, minimum=least, maximum=most, empty=least)
