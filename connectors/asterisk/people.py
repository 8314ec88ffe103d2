"""The person outside, from what Asterisk shows of their number. Pure."""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import Person
from connectors.phones import phone_handle
from values.texts import one_line


def caller(number: str, *, name: str, call_id: str, region: str) -> Person:
    """Somebody withheld is somebody else in each call."""
    handle = phone_handle("".join(number.split())[:64], region=region)
    if handle.kind == "anonymous":
        handle = replace(
            handle, value=f"withheld:{''.join(call_id.split())}"[:300], raw=handle.raw or "anonymous"
        )
    return Person(handles=(handle,), name=one_line(name, 200))
