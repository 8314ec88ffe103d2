"""What the fields of records are called where their history is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.wording.i18n import N_

LABELS: Final[Mapping[str, str]] = {
    "": N_("The record itself"),
    "name": N_("Name"),
    "company_id": N_("Company"),
    "owner_id": N_("Manager"),
    "language": N_("Language"),
    "note": N_("Note"),
    "tags": N_("Tags"),
    "root_id": N_("Merged contacts"),
    "domain": N_("Mail domain"),
    "phone": N_("Phone"),
    "contact_id": N_("Contact"),
    "title": N_("Title"),
    "state": N_("State"),
    "reason": N_("Reason"),
    "closed_at": N_("Closed"),
    "lead_id": N_("Lead"),
    "pipeline_id": N_("Pipeline"),
    "stage_id": N_("Stage"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "loss_reason": N_("Reason"),
    "kind": N_("Type"),
    "deal_id": N_("Deal"),
    "assignee_id": N_("Who does it"),
    "due_at": N_("Due"),
    "remind_at": N_("Reminder"),
    "done_at": N_("Done"),
    "done_reason": N_("Reason"),
    "deleted_at": N_("Bin"),
    "handle": N_("Address"),
    "follower": N_("Who sees the contact"),
}


def label_of(field: str) -> str:
    """The name of a field of the history, to be translated; a customer's own field is called by its key."""
    head, _, rest = field.partition(".")
    return rest if head == "fields" else LABELS.get(head, field)
