"""One verb on many conversations, taken back as one: each is an act of its own under the one that holds them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from crm_core.acts import store as acts
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import status, tagging
from inbox.changes import Change
from values.errors import Conflict, NotFound

Verb = Literal["close", "reopen", "snooze", "assign", "bot", "tag", "untag", "read"]
KIND: Final = "triage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is done with each: `user_id` of `assign` (None is the queue), `until` of `snooze`, `tag` of the two of tags."""

    verb: Verb
    user_id: int | None = None
    until: datetime | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged:
    """How it went: the act that takes all of it back, how many changed, how many stood so already, how many could not."""

    act_id: UUID
    done: int
    same: int
    refused: int
    changes: tuple[Change, ...]


async def carry_out(
    conn: Conn, viewer: Viewer, ids: Sequence[int], deed: Deed, *, act_id: UUID | None = None
) -> Triaged:
    """In a transaction; `act_id` goes on with the act of an earlier batch. What one may not see is refused, as what
    somebody else has changed: the others are done. Raises Invalid for what fits none of them.
    """
    viewer.require_customers()
    act_id = act_id or await acts.begin(conn, KIND, user_id=viewer.user_id, conversation_id=None)
    changes: list[Change] = []
    done = same = refused = 0
    for id_ in sorted(
        set(ids)
    ):  # in the order of ids: two people at once wait for each other, and never in a circle
        try:
            async with conn.transaction():
                found = await _one(conn, viewer, id_, deed)
        except (NotFound, Conflict):
            refused += 1
            continue
        changes += found
        done, same = (done + 1, same) if found else (done, same + 1)
    made = [UUID(str(change.data["act"])) for change in changes if change.data.get("act")]
    await acts.hold_together(conn, act_id, made)
    return Triaged(act_id=act_id, done=done, same=same, refused=refused, changes=tuple(changes))


async def _one(conn: Conn, viewer: Viewer, id_: int, deed: Deed) -> list[Change]:
    match deed.verb:
        case "close":
            return await status.close(conn, viewer, id_)
        case "reopen":
            return await status.reopen(conn, viewer, id_)
        case "snooze":
            assert deed.until is not None
            return await status.snooze(conn, viewer, id_, until=deed.until)
        case "assign":
            return await status.assign(conn, viewer, id_, user_id=deed.user_id)
        case "bot":
            return await status.hand_to_bot(conn, viewer, id_)
        case "tag":
            return await tagging.tag(conn, viewer, id_, add=[deed.tag])
        case "untag":
            return await tagging.tag(conn, viewer, id_, remove=[deed.tag])
        case "read":
            return await status.mark_read(conn, viewer, id_)
