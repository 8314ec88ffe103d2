"""The history of a contact or a deal, and notes in it."""

from __future__ import annotations

from crm_core import events
from crm_core.activity import store
from crm_core.activity.model import Entry
from crm_core.contacts import card as contacts
from crm_core.deals import service as deals
from crm_core.facts import NoteWritten
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase
from values.texts import storable

NOTE_LENGTH = 20_000


async def history(
    conn: Conn,
    viewer: Viewer,
    *,
    contact_id: int | None = None,
    deal_id: int | None = None,
    before: str | None = None,
    limit: int = 50,
) -> Page[Entry]:
    """What happened, newest first: of a contact with all its identities, or of a deal. Facts of deals that the viewer may
    not see are left out, and messages, which stand in their threads."""
    cursor = decode(before, int)[0] if before else LARGEST
    limit = capped(limit)
    if deal_id is not None:
        await deals.require(conn, viewer, deal_id)
        found = await store.of_deal(conn, viewer.scope(), deal_id, before=cursor, limit=limit + 1)
    elif contact_id is not None:
        root = await contacts.require(conn, viewer, contact_id)
        found = await store.of_contact(conn, viewer.scope(), root, before=cursor, limit=limit + 1)
    else:
        raise Invalid(phrase("Choose whose history."), field="contact_id")
    return Page(items=found[:limit], next=encode(found[limit - 1].id) if len(found) > limit else None)


async def write_note(
    conn: Conn, viewer: Viewer, *, text: str, contact_id: int | None = None, deal_id: int | None = None
) -> None:
    """A note on a deal (it stands in the history of its contact too) or on a contact."""
    kept = storable(text).strip()[:NOTE_LENGTH]
    if not kept:
        raise Invalid(phrase("The note is empty."), field="text")
    if deal_id is not None:
        contact_id = (await deals.get(conn, viewer, deal_id)).contact_id
    elif contact_id is not None:
        contact_id = await contacts.require(conn, viewer, contact_id)
    else:
        raise Invalid(phrase("Choose where the note belongs."), field="contact_id")
    fact = NoteWritten(contact_id=contact_id, deal_id=deal_id, user_id=viewer.user_id, text=kept)
    await events.announce(conn, [fact])
