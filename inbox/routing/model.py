"""The routing decision: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_core.users.rota import OnDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who takes a conversation, and why in words; `user_id` None leaves it in the queue."""

    user_id: int | None
    why: str


def choose(
    owners: Sequence[int | None], *, on_duty: Sequence[OnDuty], load: Mapping[int, int]
) -> list[Choice]:
    """One choice per conversation: the contact's own manager when in, else in turn, nobody past capacity."""
    busy = dict(load)
    turn = sorted(on_duty, key=lambda user: (user.routed_at, user.id))
    names = {user.id: user.name for user in on_duty}
    choices: list[Choice] = []
    for owner in owners:
        if owner in names:
            choices.append(Choice(user_id=owner, why=f"{names[owner]} is the contact's manager and is in."))
            busy[owner] = busy.get(owner, 0) + 1
            continue
        free = next((user for user in turn if busy.get(user.id, 0) < user.capacity), None)
        if free is None:
            choices.append(Choice(user_id=None, why=_nobody(on_duty)))
            continue
        turn.remove(free)
        turn.append(free)
        busy[free.id] = busy.get(free.id, 0) + 1
        choices.append(Choice(user_id=free.id, why=f"{free.name} was next in turn."))
    return choices


def _nobody(on_duty: Sequence[OnDuty]) -> str:
    if on_duty:
        return "Everybody who is in has as many conversations as they take; it waits in the queue."
    return "Nobody is in; it waits in the queue."
