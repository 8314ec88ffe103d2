"""Who sent the messages of a batch: contacts found or made, in one go."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.contacts import service as contacts
from crm_core.contacts.model import Resolved
from crm_core.sql import Conn
from inbox.messages import bounces, claims
from inbox.messages.model import Identified, Linked
from inbox.messages.people import identity_of


async def identify(conn: Conn, fresh: Sequence[Linked]) -> list[Identified]:
    """The messages with their contacts. Who sends a bounce is nobody: it belongs to the conversation it is about."""
    people = [message for message in fresh if _of_bounce(message) is None]
    resolved = iter(await _resolved(conn, people) if people else ())
    return [Identified.by(message, _of_bounce(message) or next(resolved)) for message in fresh]


async def _resolved(conn: Conn, people: Sequence[Linked]) -> Sequence[Resolved]:
    known = await claims.find_addressees(conn, people)
    identities = [
        identity_of(
            message.event.sender,
            channel_id=message.work.channel.id,
            connector=message.work.channel.row.connector,
            contact_id=claims.contact_told(message, known),
        )
        for message in people
    ]
    resolved = await contacts.resolve(conn, identities)
    await bounces.mark_reachable(conn, people)
    return resolved


def _of_bounce(message: Linked) -> Resolved | None:
    if message.answered is None or message.event.machine != "bounce":
        return None
    contact_id = message.answered.contact_id
    return Resolved(contact_id=contact_id, root_id=contact_id, is_new=False, name="", owner_id=None)
