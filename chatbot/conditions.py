"""What a rule may ask about a turn: one small pure function a question, one table for their order.

A function answers None when the condition fails, else a sentence that explains the match (empty if it needs no words).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from chatbot.meaning import NOTHING, Meant, what_is_meant
from chatbot.model import Turn
from chatbot.rules import Rule, RuleSet
from chatbot.when import When
from chatbot.words import Heard, same_words
from values.hours import is_open


@dataclass(slots=True, kw_only=True)
class Moment:
    """A turn, made ready for questions; `choice` is the button that was pressed or typed, `saved` what was answered."""

    rules: RuleSet
    turn: Turn
    heard: Heard
    choice: str
    saved: Mapping[str, str] = field(default_factory=dict[str, str])
    _meant: Meant | None = None
    _candidates: tuple[Rule, ...] | None = None

    @property
    def meant(self) -> Meant:
        """What the words mean by the examples of the rules; found once, when first asked for."""
        if self._meant is None:
            self._meant = self._understand()
        return self._meant

    @property
    def candidates(self) -> tuple[Rule, ...]:
        """The rules that may speak to this moment, in their order."""
        if self._candidates is None:
            rules = self.rules.rules
            listening = self.rules.listening
            if listening:
                places = listening.candidates(self.heard, self.choice, self.meant.rules)
                rules = tuple(rules[place] for place in places)
            self._candidates = rules
        return self._candidates

    def known(self, name: str) -> str:
        """What the person answered, or the house knows of them; empty for nothing."""
        return self.saved.get(name) or self.turn.known.get(name) or ""

    def _understand(self) -> Meant:
        examples, wanted = self.rules.examples, self.rules.understanding
        if examples is None or self.choice:
            return NOTHING
        return what_is_meant(
            examples, self.turn.text, threshold=wanted.threshold, margin=wanted.margin, fits=self._fits
        )

    def _fits(self, id_: str) -> bool:
        """Whether a rule's circumstances hold, whatever was written."""
        rule = self.rules.by_id.get(id_)
        return bool(
            rule and rule.when and all(check(rule.when, self) is not None for check in rule.circumstances)
        )


NONE = "none"
Check: TypeAlias = Callable[[When, Moment], str | None]


def first_contact(when: When, moment: Moment) -> str | None:
    if moment.turn.first_contact != when.first_contact:
        return None
    return "the first contact" if when.first_contact else ""


def returning(when: When, moment: Moment) -> str | None:
    if moment.turn.returning != when.returning:
        return None
    return "somebody who comes back" if when.returning else ""


def knows(when: When, moment: Moment) -> str | None:
    return "" if all(moment.known(name) for name in when.knows) else None


def lacks(when: When, moment: Moment) -> str | None:
    return "" if not any(moment.known(name) for name in when.lacks) else None


def fields(when: When, moment: Moment) -> str | None:
    """Every named field has one of its values, in any case of letters."""
    for name, values in when.fields:
        if same_words(moment.known(name)[:200]) not in values:
            return None
    return " and ".join(f"{name} '{moment.known(name)[:40]}'" for name, _ in when.fields)


def tag(when: When, moment: Moment) -> str | None:
    for each in sorted(moment.turn.crm.tags):
        if same_words(each) in when.tags:
            return f"tag '{each[:40]}'"
    return None


def no_tag(when: When, moment: Moment) -> str | None:
    return None if any(same_words(each) in when.no_tags for each in moment.turn.crm.tags) else ""


def owner(when: When, moment: Moment) -> str | None:
    """A manager is named by name or mail address; `none` is a contact that nobody has."""
    names = moment.turn.crm.owner
    if not names:
        return "nobody's contact" if NONE in when.owners else None
    return f"manager '{names[0][:40]}'" if any(same_words(name) in when.owners for name in names) else None


def stage(when: When, moment: Moment) -> str | None:
    """The stage of the open deal; `none` is a contact without one."""
    crm = moment.turn.crm
    if not crm.stage:
        return "no open deal" if NONE in when.stages else None
    return f"stage '{crm.stage[:40]}'" if same_words(crm.stage) in when.stages else None


def lead(when: When, moment: Moment) -> str | None:
    return "" if moment.turn.crm.has_lead == (when.lead == "open") else None


def deal(when: When, moment: Moment) -> str | None:
    """Every named field of the open deal has one of its values."""
    known = moment.turn.crm.deal
    if any(same_words(known.get(name, "")[:200]) not in values for name, values in when.deal):
        return None
    return " and ".join(f"{name} of the deal '{known.get(name, '')[:40]}'" for name, _ in when.deal)


def page(when: When, moment: Moment) -> str | None:
    shown = moment.turn.page[:500]
    return f"page '{shown[:60]}'" if any(fnmatchcase(shown, each) for each in when.pages) else None


def event(when: When, moment: Moment) -> str | None:
    """What happened, where the rule waits for that and not for a message."""
    turn = moment.turn
    if turn.kind != when.event:
        return None
    match when.event:
        case "silence":
            return f"silence for {when.silence} min"
        case "stage":
            entered = turn.crm.stage
            return f"stage '{entered[:40]}' entered" if same_words(entered) in when.stage_entered else None
        case "page":
            shown = turn.page[:500]
            return (
                f"page '{shown[:60]}' visited"
                if any(fnmatchcase(shown, each) for each in when.visited)
                else None
            )
        case other:
            return f"{other.replace('_', ' ')}"


def command(when: When, moment: Moment) -> str | None:
    first = moment.turn.text[:100].split(maxsplit=1)
    if not first or not first[0].startswith("/"):
        return None
    name = first[0][1:].split("@")[0].lower()
    return f"command '/{name}'" if name in when.commands else None


def kind(when: When, moment: Moment) -> str | None:
    return f"kind '{moment.turn.kind}'" if moment.turn.kind in when.kinds else None


def channel(when: When, moment: Moment) -> str | None:
    """A channel is named by its own name or by its connector's."""
    turn = moment.turn
    if turn.channel in when.channels:
        return f"channel '{turn.channel}'"
    return f"connector '{turn.connector}'" if turn.connector in when.channels else None


def language(when: When, moment: Moment) -> str | None:
    spoken = moment.turn.language.lower()
    if spoken in when.languages or spoken.split("-")[0] in when.languages:
        return f"language '{spoken}'"
    return None


def in_hours(when: When, moment: Moment) -> str | None:
    assert when.in_hours is not None
    name, wanted = when.in_hours
    hours = moment.rules.hours.get(name)
    is_now = is_open(hours, moment.turn.now) if hours else moment.turn.in_hours
    if is_now != wanted:
        return None
    return "inside working hours" if is_now else "outside working hours"


def choice(when: When, moment: Moment) -> str | None:
    return f"button '{moment.choice}'" if moment.choice in when.choices else None


def keyword(when: When, moment: Moment) -> str | None:
    assert when.keywords is not None
    found = when.keywords.find(moment.heard)
    return f"keyword '{found}'" if found else None


def pattern(when: When, moment: Moment) -> str | None:
    for each in when.patterns:
        if each.occurs_in(moment.heard.plain):
            return f"pattern '{each.written}'"
    return None


def example(when: When, moment: Moment) -> str | None:
    best = moment.meant.best
    rule = moment.rules.by_id.get(best.rule) if best else None
    return moment.meant.why() if rule and rule.when is when else None


def content(when: When, moment: Moment) -> str | None:
    """Buttons, keywords, patterns, examples and commands are ways to mean the same: one of those given is enough."""
    for asked, check in (
        (when.choices, choice),
        (when.keywords, keyword),
        (when.patterns, pattern),
        (when.examples, example),
        (when.commands, command),
    ):
        found = check(when, moment) if asked else None
        if found is not None:
            return found
    return None


TABLE: tuple[tuple[Callable[[When], bool], Check], ...] = (
    (lambda when: when.first_contact is not None, first_contact),
    (lambda when: bool(when.event), event),
    (lambda when: when.returning is not None, returning),
    (lambda when: bool(when.kinds), kind),
    (lambda when: bool(when.channels), channel),
    (lambda when: bool(when.languages), language),
    (lambda when: bool(when.knows), knows),
    (lambda when: bool(when.lacks), lacks),
    (lambda when: bool(when.fields), fields),
    (lambda when: bool(when.tags), tag),
    (lambda when: bool(when.no_tags), no_tag),
    (lambda when: bool(when.owners), owner),
    (lambda when: bool(when.stages), stage),
    (lambda when: bool(when.lead), lead),
    (lambda when: bool(when.deal), deal),
    (lambda when: bool(when.pages), page),
    (lambda when: when.is_about_content, content),
    (lambda when: when.in_hours is not None, in_hours),
)
"""Whether a condition is given, and how it is answered; cheap and telling ones first."""


def checks_of(when: When) -> tuple[Check, ...]:
    """The questions that a `when` puts, in the order of the table."""
    return tuple(check for is_given, check in TABLE if is_given(when))


def circumstances_of(when: When) -> tuple[Check, ...]:
    """Those of them that do not ask for what was written or pressed."""
    return tuple(check for check in checks_of(when) if check is not content)


def why_matches(rule: Rule, moment: Moment) -> str | None:
    """Why a rule speaks to this moment, or None when it does not."""
    if rule.when is None:
        return None
    reasons: list[str] = []
    for check in rule.checks:
        reason = check(rule.when, moment)
        if reason is None:
            return None
        if reason:
            reasons.append(reason)
    return f"{' and '.join(reasons) or 'anything'} of rule {rule.id}"
