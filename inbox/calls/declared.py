"""Calls in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed, linked
from inbox.conversations.declared import OF_A_SEEN_ONE
from values.fields.model import FieldType
from values.sentences import phrase

CALL: Final = Declaration(
    table=Table(
        key="call",
        label=phrase("Call"),
        name="inbox_call",
        visible=OF_A_SEEN_ONE,
        fields=keyed(
            makers.number(),
            makers.column("outbound", phrase("Outgoing"), FieldType.YES_NO),
            makers.column("caller", phrase("Caller"), FieldType.PHONE),
            makers.column("number", phrase("Number called"), FieldType.PHONE),
            makers.choice(
                "state",
                phrase("Status"),
                {"ringing": phrase("Ringing"), "answered": phrase("Answered"), "ended": phrase("Ended")},
            ),
            makers.choice(
                "outcome",
                phrase("Outcome"),
                {
                    "answered": phrase("Answered"),
                    "missed": phrase("Missed"),
                    "busy": phrase("Busy"),
                    "voicemail": phrase("Voicemail"),
                    "failed": phrase("Failed"),
                },
            ),
            makers.contact(),
            makers.column("started_at", phrase("Started"), FieldType.TIME),
            makers.column("answered_at", phrase("Answered"), FieldType.TIME),
            makers.column("ended_at", phrase("Ended"), FieldType.TIME),
            makers.column("duration", phrase("Duration, seconds"), FieldType.NUMBER),
        ),
        relations=linked(
            makers.to_contact(),
            makers.to_one("conversation", phrase("Conversation"), "conversation", "inbox_conversation"),
            makers.to_one("channel", phrase("Channel"), "channel", "inbox_channel"),
        ),
    ),
    links={
        "contact": (makers.of_contact("calls", phrase("Calls"), "call", "inbox_call"),),
        "conversation": (makers.to_many("calls", phrase("Calls"), "call", "inbox_call", "conversation_id"),),
    },
)
