"""The daily look at a whole folder: which of the server's mails has the journal never seen?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.contract import ReceiverContext
from connectors.email.receive.positions import FolderPosition

AT_ONCE: Final = 2_000


async def is_due(context: ReceiverContext, folder: str, *, every: float) -> bool:
    """Whether the folder was not compared for so many seconds; the first look only starts the clock."""
    kept = await context.checkpoint(_name(folder))
    try:
        last = datetime.fromisoformat(str(kept.get("at", "")))
    except ValueError:
        await checked(context, folder)
        return False
    return datetime.now(UTC) - last >= timedelta(seconds=every)


async def checked(context: ReceiverContext, folder: str) -> None:
    """Remember that the folder was compared now."""
    await context.accept([], checkpoint={"at": datetime.now(UTC).isoformat()}, name=_name(folder))


async def missing_uids(context: ReceiverContext, place: FolderPosition, uids: Sequence[int]) -> list[int]:
    """UIDs up to where the folder is read that the journal has no input of, ascending."""
    missing: list[int] = []
    old = [uid for uid in uids if uid <= place.uid]
    for start in range(0, len(old), AT_ONCE):
        some = old[start : start + AT_ONCE]
        known = await context.known([place.key(uid) for uid in some])
        missing += [uid for uid in some if place.key(uid) not in known]
    return missing


def _name(folder: str) -> str:
    return f"imap-check:{folder}"
