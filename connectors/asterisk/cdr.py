"""A call record (event Cdr of cdr_manager): a whole call in one event, also of calls that we did not see. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.asterisk.names import DIALLED
from connectors.asterisk.people import caller
from connectors.asterisk.settings import LONGEST_EXTENSION, Lines, endpoint
from connectors.asterisk.times import began, between
from connectors.contract import CallStep, ChannelConfig, Step
from connectors.phones import number_of

OUTCOMES = {"BUSY": "busy", "NO ANSWER": "missed", "FAILED": "failed", "CONGESTION": "failed"}


def steps(
    event: Mapping[str, str], channel: ChannelConfig, *, at: datetime, is_running: bool
) -> list[CallStep]:
    """The record's leg and the call's end, under the same names as the live events give them; none for an internal call.

    Its times are local without a zone: only the time between them is used, from the unique id's own time on.
    """
    lines, unique = Lines.of(channel.settings), event.get("UniqueID", "").strip()
    ours, other = event.get("Channel", ""), event.get("DestinationChannel", "")
    is_in = lines.is_trunk(ours) and not _is_telephone(event, ours, lines)
    is_out = lines.is_trunk(other)
    if not unique or not (is_in or is_out):
        return []
    whole = between(event.get("StartTime", ""), event.get("EndTime", ""))
    start = began(unique) or (at - whole if whole else at)
    end = start + (whole or timedelta())
    number = event.get("Source" if is_in else "Destination", "")
    found = DIALLED.search(number)
    person = caller(
        number if is_in else found[0] if found else "", name="", call_id=unique, region=channel.region
    )
    user = endpoint(ours) if not is_in else "" if is_out else endpoint(other)
    shown = number_of(event.get("Destination", ""), channel_region=channel.region) if is_in else ""

    def step(
        kind: Step, key: str, when: datetime, *, leg: str = "", outcome: str = "", talk: int | None = None
    ) -> CallStep:
        return CallStep(
            call_id=unique[:300], key=key[:400], step=kind, at=when, caller=person, outbound=not is_in, number=shown,
            user=user[:200], leg=leg[:200], outcome=outcome, duration=talk,
        )  # fmt: skip

    told = [step(Step.QUEUED, "cdr-start", start)]
    if lines.is_real(other):
        outcome, talk = _became(event, is_in=is_in)
        told.append(step(Step.ENDED, f"cdr:{other}", end, leg=other, outcome=outcome, talk=talk))
    is_left = event.get("LastApplication", "").lower() == "voicemail" and is_in
    whole_end = step(Step.ENDED, f"cdr-end:{other}", end, outcome="voicemail" if is_left else "")
    return told if is_running else [*told, whole_end]


def _is_telephone(event: Mapping[str, str], channel: str, lines: Lines) -> bool:
    """Whether who calls is a telephone of ours by what the record shows, where nobody named the lines outside."""
    source = event.get("Source", "")
    is_short = source.isdecimal() and len(source) <= LONGEST_EXTENSION
    is_own = source.isdecimal() and source == endpoint(channel)
    return not lines.trunks and (is_short or is_own or event.get("DestinationContext") == lines.context)


def _became(event: Mapping[str, str], *, is_in: bool) -> tuple[str, int | None]:
    """The outcome of a record's leg and its seconds of talk."""
    disposition, billed = event.get("Disposition", ""), event.get("BillableSeconds", "")
    if disposition == "ANSWERED":
        return "", int(billed) if billed.isascii() and billed.isdecimal() and len(billed) < 8 else None
    outcome = OUTCOMES.get(disposition, "missed")
    return ("missed" if is_in and outcome == "failed" else outcome), None
