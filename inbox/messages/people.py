"""Who an input is from, in the CRM's words."""

from __future__ import annotations

from connectors.contract import Person
from crm_core.contacts.model import SeenHandle, SenderIdentity
from values.texts import storable


def identity_of(
    person: Person, *, channel_id: int, connector: str, contact_id: int | None = None
) -> SenderIdentity:
    """The person as the contacts see them; `contact_id` when the conversation tells who it is."""
    return SenderIdentity(
        handles=tuple(
            SeenHandle(
                kind=handle.kind,
                value=storable(handle.value)[:320],
                trust=handle.trust.value,
                evidence=handle.evidence or connector,
                raw=storable(handle.raw)[:500],
                channel_id=channel_id,
            )
            for handle in person.handles
        ),
        name=storable(person.name)[:200],
        name_source=connector,
        language=person.language[:12],
        contact_id=contact_id,
    )
