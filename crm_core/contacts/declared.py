"""Contacts with their handles in the catalogue. A related contact is the living one that its identities belong to."""

from __future__ import annotations

from typing import Final, LiteralString

from crm_core import visibility
from crm_core.catalogue import makers
from crm_core.catalogue.model import Column, Declaration, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

FIRST: LiteralString = """(SELECT h.value FROM crm_contact i JOIN crm_handle h ON h.contact_id = i.id
      WHERE i.root_id = {t}.id AND h.kind = '{kind}' ORDER BY h.unreachable <> '', h.id LIMIT 1)"""
"""Where to call or write to somebody: what works stands before what did not."""

CONTACT: Final = Declaration(
    table=Table(
        key="contact",
        label=phrase("Contact"),
        name="crm_contact",
        title="name",
        where="{t}.merged_into IS NULL",
        visible=visibility.CONTACT_ROW,
        fields=keyed(
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT, is_sorted=True),
            Column(
                key="phone",
                label=phrase("Phone"),
                type=FieldType.PHONE,
                sql=FIRST.replace("{kind}", "phone"),
                stored=Stored.TEXT,
                is_asked=False,
            ),
            Column(
                key="mail",
                label=phrase("Email"),
                type=FieldType.MAIL,
                sql=FIRST.replace("{kind}", "email"),
                stored=Stored.TEXT,
                is_asked=False,
            ),
            makers.company(),
            makers.owner(),
            makers.column("language", phrase("Language"), FieldType.CHOICE),
            makers.note(),
            makers.column("tags", phrase("Tags"), FieldType.CHOICES),
            makers.created_at(),
            makers.updated_at(),
        ),
        relations=linked(
            makers.to_owner(),
            makers.to_company(),
            makers.of_contact("handles", phrase("Handles"), "handle", "crm_handle"),
        ),
    ),
    links={
        "company": (makers.to_many("contacts", phrase("Contacts"), "contact", "crm_contact", "company_id"),)
    },
)
HANDLE: Final = Declaration(
    table=Table(
        key="handle",
        label=phrase("Handle"),
        name="crm_handle",
        fields=keyed(
            makers.number(),
            makers.choice(
                "kind",
                phrase("Kind"),
                {
                    "phone": phrase("Phone"),
                    "email": phrase("Email"),
                    "telegram": "Telegram",
                    "whatsapp": "WhatsApp",
                },
            ),
            makers.column("value", phrase("Address or number"), FieldType.TEXT, is_small=True),
            makers.choice(
                "trust",
                phrase("Trust"),
                {"proven": phrase("Verified"), "claimed": phrase("Unverified")},
            ),
            makers.created_at(),
        ),
        relations={},
    )
)
"""Who sees a contact sees its handles: they are reached through it alone."""
