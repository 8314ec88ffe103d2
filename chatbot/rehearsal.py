"""What changed rules would have done in conversations that took place: the same turns, played against both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.conditions import Moment, why_matches
from chatbot.engine import decide
from chatbot.model import BotState, Close, HandOver, SetField, Turn
from chatbot.rules import RuleSet
from chatbot.transcript import show
from chatbot.words import Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConversation:
    """The turns of a person in one conversation, up to where a colleague took over."""

    id: int
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One turn and what either version does with it, in lines of a transcript."""

    said: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A conversation that would have gone differently."""

    id: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """All that changed, and how often each version would have answered without a person."""

    talks: int
    changed: tuple[Change, ...]
    answered_before: int
    answered_after: int
    turns: int


def rehearse(before: RuleSet, after: RuleSet, talks: Sequence[PastConversation]) -> Rehearsal:
    """Play every conversation against both versions; nothing is sent or stored."""
    changed: list[Change] = []
    answered = [0, 0]
    for talk in talks:
        olds, news = _played(before, talk), _played(after, talk)
        steps = tuple(
            Step(said=_told(turn), before=old, after=new)
            for turn, old, new in zip(talk.turns, olds, news, strict=True)
        )
        for place, played in enumerate((olds, news)):
            answered[place] += sum(any(line.startswith("< ") for line in lines) for lines in played)
        if any(step.differs for step in steps):
            changed.append(Change(id=talk.id, steps=steps))
    return Rehearsal(
        talks=len(talks),
        changed=tuple(changed),
        answered_before=answered[0],
        answered_after=answered[1],
        turns=sum(len(talk.turns) for talk in talks),
    )


def is_understood(rules: RuleSet, turn: Turn) -> bool:
    """Whether some rule speaks to the words themselves, not only to the circumstances (a greeting, a catch-all)."""
    moment = Moment(rules=rules, turn=turn, heard=Heard.of(turn.text), choice=turn.choice)
    if moment.meant.close or turn.choice in rules.targets:
        return True
    return any(
        rule.when is not None and rule.when.is_about_content and why_matches(rule, moment) is not None
        for rule in moment.candidates
    )


def _played(rules: RuleSet, talk: PastConversation) -> list[tuple[str, ...]]:
    """What is said and done at each turn; after a hand-over the bot has no more say."""
    state, learnt, is_over = BotState(), dict[str, str](), False
    lines: list[tuple[str, ...]] = []
    for turn in talk.turns:
        if is_over:
            lines.append(())
            continue
        decision = decide(rules, state, _knowing(turn, learnt))
        state = decision.state
        learnt |= {each.name: each.value for each in decision.effects if isinstance(each, SetField)}
        is_over = any(isinstance(effect, HandOver | Close) for effect in decision.effects) or not any(
            line.startswith("<") for effect in decision.effects for line in show(effect)
        )
        lines.append(tuple(line for effect in decision.effects for line in show(effect)))
    return lines


def _knowing(turn: Turn, learnt: dict[str, str]) -> Turn:
    return replace(turn, known={**turn.known, **learnt})


def _told(turn: Turn) -> str:
    return turn.text or (f"[{turn.choice}]" if turn.choice else "") or ", ".join(turn.files)
