"""Rules played on past conversations beside the ones that were in force: how many would have gone differently, and which.

Only figures and the numbers of conversations are kept, no word of a customer's; the page plays the few it shows anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chatbot.parse import load
from chatbot.rehearsal import PastConversation, Rehearsal, rehearse
from chatbot.rules import RuleSet
from crm_core.sql import Conn
from hub.runtime import Runtime
from hub.work.kind import Outcome
from hub.work.run import Run
from inbox.bot import samples
from inbox.channels.directory import Directory
from values.sentences import phrase

BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The rules that were in force, those that are tested, and how many days back."""

    before: str
    after: str
    days: int

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Asked:
        return cls(before=payload["before"], after=payload["after"], days=payload["days"])

    def payload(self) -> dict[str, Any]:
        return asdict(self)

    async def rules(self) -> tuple[RuleSet, RuleSet]:
        return await asyncio.to_thread(_loaded, self.before), await asyncio.to_thread(_loaded, self.after)

    async def conversations(self, conn: Conn, directory: Directory, rules: RuleSet) -> list[PastConversation]:
        """The newest first."""
        return await samples.conversations(conn, directory, rules, days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of it so far; `changed` are the numbers of conversations that would have gone differently."""

    talks: int = 0
    turns: int = 0
    answered_before: int = 0
    answered_after: int = 0
    changed: tuple[int, ...] = ()

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Figures:
        return cls(
            talks=kept["talks"],
            turns=kept["turns"],
            answered_before=kept["answered_before"],
            answered_after=kept["answered_after"],
            changed=tuple(kept["changed"]),
        )

    def kept(self) -> dict[str, Any]:
        return {**asdict(self), "changed": list(self.changed)}

    def and_(self, found: Rehearsal) -> Figures:
        return Figures(
            talks=self.talks + found.talks,
            turns=self.turns + found.turns,
            answered_before=self.answered_before + found.answered_before,
            answered_after=self.answered_after + found.answered_after,
            changed=(*self.changed, *(change.id for change in found.changed)),
        )


async def play(runtime: Runtime, run: Run) -> Outcome:
    """From the newest conversation to the oldest; one that comes meanwhile is not looked at."""
    asked = Asked.read(run.payload)
    before, after = await asked.rules()
    async with run.batch() as conn:
        talks = await asked.conversations(conn, runtime.directory, before)
        if not run.state:
            newest = max((talk.id for talk in talks), default=0)
            await run.checkpoint(conn, _state(newest + 1, Figures()), done=0, total=len(talks))
    left = [talk for talk in talks if talk.id < run.state["next"]]
    for start in range(0, len(left), BATCH):
        await _batch(run, left[start : start + BATCH], before=before, after=after)
    figures = Figures.read(run.state["figures"])
    said = phrase(
        "Conversations that would have gone differently: {changed} of {talks}.",
        changed=len(figures.changed),
        talks=figures.talks,
    )
    return Outcome(said=said, result=figures.kept(), href=f"/rules/rehearsals/{run.id}")


async def _batch(run: Run, talks: Sequence[PastConversation], *, before: RuleSet, after: RuleSet) -> None:
    found = await asyncio.to_thread(rehearse, before, after, talks)
    figures = Figures.read(run.state["figures"]).and_(found)
    async with run.batch() as conn:
        await run.checkpoint(conn, _state(talks[-1].id, figures), done=run.done + len(talks))


def _state(next_: int, figures: Figures) -> dict[str, Any]:
    """`next` is the number below which the conversations are that are still to be played."""
    return {"next": next_, "figures": figures.kept()}


def _loaded(text: str) -> RuleSet:
    return load(text, source="rules")
