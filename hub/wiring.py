"""Reactions across packages: one literal table, kinds of facts -> what is done. `hub.reactions` runs each on its own."""

from __future__ import annotations

from datetime import datetime

from crm_core.events import Fact
from crm_core.sql import Conn
from hub.reactions.model import Reaction
from hub.runtime import Runtime
from inbox.bot.triggers import raising
from values.sentences import phrase


async def _tell_bot(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
    await raising.hear(conn, fact, at=at, rules=runtime.rulebook.rules, directory=runtime.directory)


REACTIONS: tuple[Reaction, ...] = (
    Reaction(
        name="bot",
        title=phrase("Tell the bot's rules"),
        kinds=raising.FACTS,
        handler=_tell_bot,
    ),
)
"""What the hub itself does about facts; webhooks hear of them beside."""

HEARD = frozenset(kind for reaction in REACTIONS for kind in reaction.heard)
