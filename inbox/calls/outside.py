"""Whom a step is about: somebody outside, only ourselves, or somebody it does not name. Pure."""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import CallStep, Person, Step, Trust
from connectors.withheld import is_nameless

WITHHELD = "withheld:"
WITHHELD_NAME = "Withheld number"
"""What the contact of a caller who shows none is called."""
LONGEST_VALUE = 320


def apart(step: CallStep) -> CallStep:
    """The step with a caller who is joined with nobody where their number is withheld, whatever words say so.

    A word on a line to the outside is no telephone of ours either. A name that says that there is none is left out.
    """
    first, *more = step.caller.handles
    name = "" if is_nameless(step.caller.name) else step.caller.name
    is_word = first.kind == "extension" and not any(char.isdigit() for char in first.value)
    is_nobody = first.kind == "anonymous" and not first.value.startswith(WITHHELD)
    if is_nobody or (is_word and first.value and not step.outbound and step.number.startswith("+")):
        value = f"{WITHHELD}{''.join(step.call_id.split())}"[:LONGEST_VALUE]
        first = replace(first, kind="anonymous", value=value, trust=Trust.CLAIMED, evidence="withheld")
    return replace(step, caller=Person(handles=(first, *more), name=name, language=step.caller.language))


def is_internal(step: CallStep) -> bool:
    """Both ends are ours: one telephone of the house rings another."""
    return (
        step.caller.handles[0].kind == "extension" and bool(step.number) and not step.number.startswith("+")
    )


def names_nobody(step: CallStep) -> bool:
    """Such a step cannot begin a call: it would be a call of nobody. It waits for a step that says who rang.

    A withheld number is told (as "anonymous", or empty while it rings or when all is over); these are not told at all.
    """
    handle = step.caller.handles[0]
    if handle.kind == "phone":
        return False
    if step.step is Step.RECORDED:
        return True
    if handle.kind == "extension":
        return not step.number
    return not handle.raw and (step.step is Step.ANSWERED or bool(step.leg))
