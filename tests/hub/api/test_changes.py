"""A body of the API names what the change of its entity names: one more field of one is one more of the other."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import msgspec
import pytest

from crm_core.companies.model import CompanyChanges
from crm_core.contacts.model import ContactChanges
from crm_core.deals.model import DealChanges
from crm_core.tasks.model import TaskChanges
from hub.api.resources import companies, contacts, deals, tasks
from hub.api.shapes import changes_of


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (contacts.ContactChange, ContactChanges),
        (companies.CompanyChange, CompanyChanges),
        (deals.DealChange, DealChanges),
        (tasks.TaskChange, TaskChanges),
    ],
)
def test_a_body_names_what_a_change_names(body: type[msgspec.Struct], changes: type[Any]) -> None:
    assert set(body.__struct_fields__) == {field.name for field in fields(changes)}
    assert changes_of(changes, body()) == changes()
