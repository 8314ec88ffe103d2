"""Who else has a conversation open: heard from all processes, forgotten when nothing is heard any more."""

from __future__ import annotations

import time
from collections.abc import Iterable

from inbox.changes import Change


class Looking:
    """Names of users by conversation."""

    LASTS = 60.0

    def __init__(self) -> None:
        self._at: dict[int, dict[int, tuple[str, float]]] = {}

    def take(self, changes: Iterable[Change]) -> set[int]:
        """Note who came and went; the conversations for which something is new."""
        changed: set[int] = set()
        now = time.monotonic()
        for change in changes:
            if change.kind != "presence" or change.conversation_id is None or "user_id" not in change.data:
                continue
            people = self._at.setdefault(change.conversation_id, {})
            user_id = int(change.data["user_id"])
            before = {key for key, (_name, until) in people.items() if until > now}
            if change.data.get("what") in ("looking", "typing"):
                people[user_id] = (str(change.data.get("name", "")), now + self.LASTS)
            else:
                people.pop(user_id, None)
            if before != {key for key, (_name, until) in people.items() if until > now}:
                changed.add(change.conversation_id)
            if not people:
                del self._at[change.conversation_id]
        return changed

    def at(self, conversation_id: int, *, exclude: int) -> list[tuple[int, str]]:
        """`(user id, name)` of the others who look at it now."""
        now = time.monotonic()
        people = self._at.get(conversation_id, {})
        return [
            (key, name) for key, (name, until) in sorted(people.items()) if until > now and key != exclude
        ]
