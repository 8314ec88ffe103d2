"""One mail that came to two of our mailboxes is one message with two sightings."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from crm_core.sql import Conn
from inbox.channels.directory import Directory
from inbox.conversations.model import NewMessage
from inbox.messages import repeats
from inbox.messages import sighting_store as store
from inbox.messages.model import Incoming
from values.sentences import phrase

REASON = phrase("The same mail came to another mailbox of ours; it is shown there once.")


async def drop_seen(conn: Conn, fresh: Sequence[Incoming], *, directory: Directory) -> list[Incoming]:
    """The messages that no other mailbox brought before; the rest is settled, each with its sighting."""
    mail = [message for message in fresh if message.is_mail]
    boxes = [live.id for live in directory if live.connector.spec.abilities.subject]
    if not mail or len(boxes) < 2:
        return list(fresh)
    stored = await store.first_copies(conn, {m.event.external_id for m in mail}, boxes)
    firsts: dict[tuple[str, str], int] = {}
    again: list[tuple[int, Incoming]] = []
    left: list[Incoming] = []
    for message in fresh:
        key = (message.event.external_id, _sender(message))
        first, at = stored.get(key), firsts.get(key)
        if message.is_mail and first is not None and repeats.says_the_same(message, first):
            again.append((first.id, message))
        elif (
            message.is_mail and at is not None and repeats.says_the_same(message, repeats.known_of(left[at]))
        ):
            copies = (*left[at].sighted, (message.work.channel.id, message.work.id))
            left[at] = structs.replace(left[at], sighted=copies)
        else:
            if message.is_mail:
                firsts[key] = len(left)
            left.append(message)
            continue
        message.work.outcome = ""
        message.work.settle("duplicate", REASON)
    await store.keep(conn, [(id_, message.work.channel.id, message.work.id) for id_, message in again])
    return left


async def keep(conn: Conn, written: Sequence[NewMessage]) -> None:
    """Store the sightings that came in the same batch as their message."""
    await store.keep(
        conn, [(message.id, channel, journal) for message in written for channel, journal in message.sighted]
    )


def _sender(message: Incoming) -> str:
    return message.event.sender.handles[0].value
