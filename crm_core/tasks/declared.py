"""Tasks in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

KINDS: Final = {
    "task": phrase("Task"),
    "call": phrase("Call"),
    "call_back": phrase("Call back"),
    "meeting": phrase("Meeting"),
}
TASK: Final = Declaration(
    table=Table(
        key="task",
        label=phrase("Task"),
        name="crm_task",
        title="title",
        visible=visibility.TASK_ROW,
        fields=keyed(
            makers.number(),
            makers.column("title", phrase("Title"), FieldType.TEXT),
            makers.choice("kind", phrase("Type"), KINDS),
            makers.note(),
            makers.column("assignee", phrase("Assignee"), FieldType.USER, "assignee_id"),
            makers.contact(),
            makers.column("deal", phrase("Deal"), FieldType.DEAL, "deal_id"),
            makers.column("due_at", phrase("Due"), FieldType.TIME),
            makers.column("done_at", phrase("Done"), FieldType.TIME),
            makers.created_at(),
        ),
        relations=linked(
            makers.to_one("assignee", phrase("Assignee"), "user", "crm_user"),
            makers.to_contact(),
            makers.to_one("deal", phrase("Deal"), "deal", "crm_deal"),
        ),
    ),
    links={
        "contact": (makers.of_contact("tasks", phrase("Tasks"), "task", "crm_task"),),
        "deal": (makers.to_many("tasks", phrase("Tasks"), "task", "crm_task", "deal_id"),),
    },
)
