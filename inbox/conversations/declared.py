"""Conversations with their messages in the catalogue, and the ways that lead to them from people and deals."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, LiteralString

from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Stored, Table, keyed, linked
from inbox.conversations.visibility_store import ROW
from values.fields.model import FieldType
from values.sentences import phrase

OF_A_SEEN_ONE: LiteralString = f"""EXISTS (SELECT 1 FROM inbox_conversation c
      WHERE c.id = {{t}}.conversation_id AND {ROW.replace("{t}", "c")})"""
"""A message or a call is seen with its conversation."""
CONVERSATION: Final = Declaration(
    table=Table(
        key="conversation",
        label=phrase("Conversation"),
        name="inbox_conversation",
        title="subject",
        visible=ROW,
        fields=keyed(
            makers.number(),
            makers.column("subject", phrase("Subject"), FieldType.TEXT),
            makers.choice(
                "state",
                phrase("Status"),
                {"open": phrase("Open"), "snoozed": phrase("Snoozed"), "closed": phrase("Closed")},
            ),
            makers.column("assignee", phrase("Assignee"), FieldType.USER, "assignee_id"),
            makers.choice(
                "owner",
                phrase("Who answers"),
                {"bot": phrase("Bot"), "queue": phrase("Queue"), "user": phrase("Manager")},
            ),
            makers.contact(),
            makers.column(
                "channel", phrase("Channel"), FieldType.CHOICE, "channel_id", stored=Stored.INTEGER
            ),
            makers.column("language", phrase("Language"), FieldType.CHOICE),
            makers.column("tags", phrase("Tags"), FieldType.CHOICES),
            makers.column("unread", phrase("Unread messages"), FieldType.NUMBER),
            makers.column("messages", phrase("Messages"), FieldType.NUMBER, "message_count"),
            makers.column("waiting_since", phrase("Customer waits since"), FieldType.TIME),
            makers.column("snoozed_until", phrase("Snoozed until"), FieldType.TIME),
            makers.column("last_at", phrase("Last message"), FieldType.TIME),
            makers.created_at(),
            makers.column("closed_at", phrase("Closed"), FieldType.TIME),
        ),
        relations=linked(
            makers.to_contact(),
            makers.to_one("assignee", phrase("Assignee"), "user", "crm_user"),
            makers.to_one("channel", phrase("Channel"), "channel", "inbox_channel"),
        ),
    ),
    links={
        "contact": (
            makers.of_contact("conversations", phrase("Conversations"), "conversation", "inbox_conversation"),
        ),
        "deal": (
            makers.to_one("conversation", phrase("Conversation"), "conversation", "inbox_conversation"),
        ),
        "channel": (
            makers.to_many(
                "conversations", phrase("Conversations"), "conversation", "inbox_conversation", "channel_id"
            ),
        ),
    },
)
MESSAGE: Final = Declaration(
    table=Table(
        key="message",
        label=phrase("Message"),
        name="inbox_message",
        visible=OF_A_SEEN_ONE,
        fields=keyed(
            makers.number(),
            makers.choice(
                "direction",
                phrase("Direction"),
                {
                    "in": phrase("Incoming"),
                    "out": phrase("Outgoing"),
                    "note": phrase("Note"),
                    "call": phrase("Call"),
                    "event": phrase("Event"),
                },
            ),
            makers.choice(
                "author",
                phrase("Author"),
                {
                    "person": phrase("Customer"),
                    "bot": phrase("Bot"),
                    "user": phrase("Manager"),
                    "machine": phrase("Automatic reply"),
                    "hub": "Omnihub",
                },
            ),
            makers.column("user", phrase("User"), FieldType.USER, "user_id"),
            makers.column("at", phrase("Time"), FieldType.TIME),
            makers.column("subject", phrase("Subject"), FieldType.TEXT),
            replace(makers.column("text", phrase("Text"), FieldType.LONG_TEXT), is_asked=False),
            makers.column("delivery", phrase("Delivery"), FieldType.CHOICE),
        ),
        relations=linked(
            makers.to_one("conversation", phrase("Conversation"), "conversation", "inbox_conversation"),
            makers.to_one("user", phrase("User"), "user", "crm_user"),
        ),
    ),
    links={
        "conversation": (
            makers.to_many("messages", phrase("Messages"), "message", "inbox_message", "conversation_id"),
        ),
    },
)
"""The words of messages are found by the search, which has an index of them; a condition would read millions."""
