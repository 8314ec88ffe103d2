"""Who talks with the person outside: whoever shares a bridge with them, also a colleague whom one of us rang outside. No I/O."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.asterisk.channels import Channels
from connectors.asterisk.model import Known, Note
from connectors.asterisk.settings import Lines


def talking(calls: Mapping[str, Known], channels: Channels, lines: Lines, bridge: str) -> list[Note]:
    """Who is newly heard by people outside in a bridge, kept in `calls` and `channels`; a note for each such call."""
    together = channels.together(bridge)
    outside = {known.line: id_ for id_, known in calls.items()}
    notes: list[Note] = []
    for unique in sorted(together & outside.keys()):
        id_ = outside[unique]
        known, talk = calls[id_], list[tuple[str, str]]()
        for other in sorted(together - {unique}):
            channel = channels.get(other)
            if channel is None or not lines.is_real(channel.name) or channel.name in known.talked:
                continue
            if other not in outside:
                channel.call = id_
            elif not _is_brought_in(calls, outside[other], by=id_):
                continue
            known.talked.append(channel.name)
            talk.append((channel.name, channel.user))
        if talk:
            notes.append(Note(id=id_, call=known, talk=talk))
    return notes


def _is_brought_in(calls: Mapping[str, Known], id_: str, *, by: str) -> bool:
    """Whether one of us rang this person outside during the other call, to hand that over to them."""
    return calls[id_].outbound and _began(id_) > _began(by)


def _began(id_: str) -> float:
    """When a call began, by its id."""
    try:
        return float(id_.rpartition("-")[2])
    except ValueError:
        return 0.0
