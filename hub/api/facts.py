"""What outgoing webhooks bring, for the OpenAPI document: one entry a fact, made from one table."""

from __future__ import annotations

from typing import Any

from hub.webhooks import FACTS, PING

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
DEAL = {"title": TEXT, "stage_id": NUMBER, "owner_id": NUMBER, "amount": NUMBER, "currency": TEXT}
TASK = {"task_id": NUMBER, "title": TEXT, "kind": TEXT}
CALL = {"outcome": TEXT, "duration": NUMBER, "user": TEXT}
DATA: dict[str, dict[str, Any]] = {
    "contact.updated": {"changed": {}},
    "lead.created": {"lead_id": NUMBER},
    "lead.repeated": {"lead_id": NUMBER},
    "lead.qualified": {"lead_id": NUMBER, "owner_id": NUMBER},
    "lead.declined": {"lead_id": NUMBER, "reason": TEXT},
    "lead.reopened": {"lead_id": NUMBER},
    "deal.created": DEAL,
    "task.created": TASK,
    "task.done": {**TASK, "reason": TEXT},
    "conversation.opened": {"channel_id": NUMBER},
    "conversation.assigned": {"assignee_id": NUMBER, "why": TEXT},
    "conversation.handed_over": {"why": TEXT},
    "message.received": {"channel_id": NUMBER, "external_id": TEXT, "text": TEXT},
    "message.sent": {"text": TEXT},
    "call.missed": CALL,
    "call.ended": CALL,
}
"""What `data.data` holds beside whatever else a fact brings; the record itself is read from the API by its id."""


def webhooks() -> dict[str, Any]:
    """The `webhooks` of the document."""
    return {fact: {"post": _operation(fact)} for fact in (*FACTS, PING)}


def _operation(fact: str) -> dict[str, Any]:
    return {
        "summary": f"`{fact}` happened",
        "operationId": "told_" + fact.replace(".", "_"),
        "tags": ["webhooks"],
        "parameters": [
            {"name": "X-Omnihub-Delivery", "in": "header", "schema": {"type": "string", "format": "uuid"}},
            {
                "name": "X-Omnihub-Signature",
                "in": "header",
                "description": '`t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body" under the secret>`; for a day after the'
                " secret was changed there is a second `v1` under the old one.",
                "schema": TEXT,
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _schema(fact)}}},
        "responses": {"2XX": {"description": "Taken; the same `id` may come again and is then a repeat."}},
    }


def _schema(fact: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "fact", "at", "data"],
        "properties": {
            "id": {
                "type": "string",
                "format": "uuid",
                "description": "The delivery's; the same at every try.",
            },
            "fact": {"const": fact},
            "at": TIME,
            "data": {"type": "object", "properties": {"from": TEXT}} if fact == PING else _fact(fact),
        },
    }


def _fact(fact: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "description": "Rises with time, over all facts."},
            "kind": {"const": fact},
            "at": TIME,
            "contact_id": NUMBER,
            "deal_id": NUMBER,
            "conversation_id": NUMBER,
            "company_id": NUMBER,
            "user_id": {**NUMBER, "description": "Who did it; null: the product."},
            "data": {"type": "object", "properties": DATA.get(fact, {})},
        },
    }
