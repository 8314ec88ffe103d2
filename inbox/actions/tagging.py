"""Tags of a conversation: words by which people sort their work."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import normal
from crm_core.acts import service as acts
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import tag_store as store
from inbox.actions.locking import change, locked
from inbox.changes import Change
from values.errors import Invalid
from values.sentences import phrase

LONGEST = 60
MOST = 30


async def tag(
    conn: Conn, viewer: Viewer, id_: int, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> list[Change]:
    """Add tags and take others away; what is so already changes nothing. Raises Invalid for too many."""
    conversation = await locked(conn, viewer, id_)
    before = await store.tags(conn, id_)
    gone = {tidied(each) for each in remove}
    after = [each for each in dict.fromkeys([*before, *map(tidied, add)]) if each and each not in gone]
    if len(after) > MOST:
        raise Invalid(phrase("A conversation has at most {most} tags.", most=MOST), field="tag")
    if after == before:
        return []
    async with acts.act(conn, viewer, "tag", conversation_id=id_) as doing:
        await store.set_tags(conn, id_, after)
    return [change("conversation", conversation, act=str(doing.id))]


def tidied(label: str) -> str:
    """A tag as it is kept."""
    return normal.name(label)[:LONGEST]
