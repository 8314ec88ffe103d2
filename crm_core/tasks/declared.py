"""Tasks in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

TASK: Final = Declaration(
    table=Table(
        key="task",
        label=phrase("Task"),
        name="crm_task",
        title="title",
        visible=visibility.TASK_ROW,
        fields=keyed(
            Column(
                key="id",
                label=phrase("Number"),
                type=FieldType.NUMBER,
                sql="{t}.id",
                stored=Stored.BIGINT,
                is_sorted=True,
            ),
            Column(
                key="title", label=phrase("Title"), type=FieldType.TEXT, sql="{t}.title", stored=Stored.TEXT
            ),
            Column(
                key="kind", label=phrase("Kind"), type=FieldType.CHOICE, sql="{t}.kind", stored=Stored.TEXT
            ),
            Column(
                key="note", label=phrase("Note"), type=FieldType.LONG_TEXT, sql="{t}.note", stored=Stored.TEXT
            ),
            Column(
                key="assignee",
                label=phrase("Assignee"),
                type=FieldType.USER,
                sql="{t}.assignee_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="contact",
                label=phrase("Contact"),
                type=FieldType.PERSON,
                sql="{t}.contact_id",
                stored=Stored.BIGINT,
            ),
            Column(
                key="deal", label=phrase("Deal"), type=FieldType.DEAL, sql="{t}.deal_id", stored=Stored.BIGINT
            ),
            Column(
                key="due_at",
                label=phrase("Due"),
                type=FieldType.TIME,
                sql="{t}.due_at",
                stored=Stored.TIME,
            ),
            Column(
                key="done_at",
                label=phrase("Done"),
                type=FieldType.TIME,
                sql="{t}.done_at",
                stored=Stored.TIME,
            ),
            Column(
                key="created_at",
                label=phrase("Created"),
                type=FieldType.TIME,
                sql="{t}.created_at",
                stored=Stored.TIME,
            ),
        ),
        relations=linked(
            Link(
                key="assignee",
                label=phrase("Assignee"),
                target="user",
                is_many=False,
                source="crm_user {r}",
                on="{r}.id = {t}.assignee_id",
            ),
            Link(
                key="contact",
                label=phrase("Contact"),
                target="contact",
                is_many=False,
                source="crm_contact {r}_i JOIN crm_contact {r} ON {r}.id = {r}_i.root_id",
                on="{r}_i.id = {t}.contact_id",
            ),
            Link(
                key="deal",
                label=phrase("Deal"),
                target="deal",
                is_many=False,
                source="crm_deal {r}",
                on="{r}.id = {t}.deal_id",
            ),
        ),
    ),
    links={
        "contact": (
            Link(
                key="tasks",
                label=phrase("Tasks"),
                target="task",
                is_many=True,
                source="crm_contact {r}_i JOIN crm_task {r} ON {r}.contact_id = {r}_i.id",
                on="{r}_i.root_id = {t}.id",
            ),
        ),
        "deal": (
            Link(
                key="tasks",
                label=phrase("Tasks"),
                target="task",
                is_many=True,
                source="crm_task {r}",
                on="{r}.deal_id = {t}.id",
            ),
        ),
    },
)
