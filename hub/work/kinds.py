"""Every kind of job, in one literal table: its name, its title for people, what does it, and who may begin it."""

from __future__ import annotations

from collections.abc import Mapping

from hub.work.jobs import bulk, export, quarantine, rehearsal, triage
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
BULK = Kind(name="bulk", title=phrase("Change many records"), handler=bulk.change, needs="customers")
BULK_UNDO = Kind(
    name="bulk.undo", title=phrase("Undo a change of many records"), handler=bulk.undo, needs="customers"
)

ALL = (REPLAY, SET_ASIDE, REHEARSAL, TRIAGE, EXPORT, BULK, BULK_UNDO)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ALL}


def title_of(name: str) -> str:
    """A sentence for people; a kind of another version is shown by its name."""
    return KINDS[name].title if name in KINDS else name
