"""Whom a step is about: somebody outside, only ourselves, or somebody it does not name. Pure."""

from __future__ import annotations

from connectors.contract import CallStep, Step


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
