"""Phone handles of people who call or write; how numbers are read stands in `values.phones`."""

from __future__ import annotations

from connectors.contract import Handle, Trust
from connectors.withheld import is_withheld
from values.phones import bare, can_text, e164, modern, several, vouched

__all__ = ["can_text", "e164", "number_of", "phone_handle", "several", "vouched_handle"]

LONGEST = 64
SHORTEST_UNKNOWN = 9
"""A plus and so many signs are a number abroad also where nobody knows its country; fewer are an extension."""


def number_of(raw: str, *, channel_region: str = "") -> str:
    """A number of our own: E.164, or as it came where it is none (an extension, a queue)."""
    return e164(raw, channel_region) or bare(raw)[:LONGEST]


def phone_handle(
    raw: str, *, region: str, trust: Trust = Trust.PROVEN, evidence: str = "caller_id"
) -> Handle:
    """A phone handle. A number nobody can call back (withheld, internal) proves nothing and stays as it came."""
    withheld = is_withheld(raw)
    number = "" if withheld else _number(raw, region, trust)
    if number:
        return Handle(kind="phone", value=number, trust=trust, evidence=evidence, raw=raw[:LONGEST])
    if withheld:
        return Handle(
            kind="anonymous", value="anonymous", trust=Trust.CLAIMED, evidence="withheld", raw=raw[:LONGEST]
        )
    return Handle(
        kind="extension",
        value=bare(raw)[:LONGEST],
        trust=Trust.CLAIMED,
        evidence=evidence,
        raw=raw[:LONGEST],
    )


def vouched_handle(raw: str, *, evidence: str) -> Handle | None:
    """The handle of a sender whom the provider itself names by a number, whatever its length; None for no number."""
    number = vouched(raw)
    return Handle(kind="phone", value=number, evidence=evidence, raw=raw[:LONGEST]) if number else None


def _number(raw: str, region: str, trust: Trust) -> str:
    """Who is proven keeps the number by which the provider knows them: an answer goes there. A typed one is put right."""
    read = e164(raw, region)
    exact = vouched(raw) if trust is Trust.PROVEN and bare(raw).startswith("+") else ""
    if exact and (modern(exact) == read or (not read and len(exact) >= SHORTEST_UNKNOWN)):
        return exact
    return read
