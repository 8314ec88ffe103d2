"""Every kind of job, in one literal table: its name, its title for people, what does it, and who may begin it."""

from __future__ import annotations

from collections.abc import Mapping

from hub.work.jobs import export, quarantine, rehearsal, triage
from hub.work.kind import Kind
from values.sentences import phrase

REPLAY = Kind(
    name="quarantine.replay",
    title=phrase("Process inputs of the quarantine again"),
    handler=quarantine.replay,
    needs="operations",
)
SET_ASIDE = Kind(
    name="quarantine.set_aside",
    title=phrase("Set inputs of the quarantine aside"),
    handler=quarantine.set_aside,
    needs="operations",
)

REHEARSAL = Kind(
    name="bot.rehearsal",
    title=phrase("Test the bot's rules on past conversations"),
    handler=rehearsal.play,
    needs="bot",
)

TRIAGE = Kind(
    name="inbox.triage",
    title=phrase("Change conversations of the inbox"),
    handler=triage.carry_out,
    needs="customers",
)
EXPORT = Kind(name="export", title=phrase("Export rows"), handler=export.export, needs="customers")

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (REPLAY, SET_ASIDE, REHEARSAL, EXPORT, TRIAGE)}


def title_of(name: str) -> str:
    """A sentence for people; a kind of another version is shown by its name."""
    return KINDS[name].title if name in KINDS else name
