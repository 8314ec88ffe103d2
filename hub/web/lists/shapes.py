"""What each list is like before anybody chose anything: its address, columns, order and ready-made views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.wording.i18n import N_

ME: Final = "me"
"""Stands in a ready-made filter for whoever looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A view that everybody has."""

    key: str
    label: str
    where: tuple[Any, ...] = ()
    order: str = ""

    def form(self, me: int) -> dict[str, Any]:
        """The filter as JSON, for this reader."""
        return {"all": [_filled(item, me) for item in self.where]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One object's list. `card` is the address of a record; `found` are paths of texts that the search box looks into."""

    of: str
    path: str
    card: str
    title: str
    search: str
    empty: str
    icon: str
    columns: tuple[str, ...]
    order: str
    views: tuple[Ready, ...]
    found: tuple[str, ...]
    new: str = ""
    new_label: str = ""


def _filled(item: object, me: int) -> object:
    if isinstance(item, (list, tuple)):
        return [_filled(each, me) for each in item]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(item, dict):
        return {key: _filled(value, me) for key, value in item.items()}  # pyright: ignore[reportUnknownVariableType]
    return me if item == ME else item


ALL: Final = Ready(key="all", label=N_("All"))
_OPEN_DEAL: Final = ("deal.stage.kind", "=", "open")
_OPEN_TASK: Final = ("task.done_at", "empty")
_MY_TASK: Final = ("task.assignee", "=", ME)
_QUIET: Final = {
    "has_none": "contact.conversations",
    "where": {"all": [["conversation.last_at", "during", {"last": [60, "days"]}]]},
}

CONTACTS: Final = Shape(
    of="contact",
    path="/contacts",
    card="/contacts/",
    title=N_("Contacts"),
    search=N_("Search by name, phone or mail, in any script"),
    empty=N_("Everybody who writes or calls becomes a contact automatically."),
    icon="people",
    columns=(
        "contact.name",
        "contact.phone",
        "contact.mail",
        "contact.company",
        "contact.owner",
        "contact.tags",
        "contact.created_at",
    ),
    order="-id",
    views=(
        ALL,
        Ready(key="mine", label=N_("Mine"), where=(("contact.owner", "=", ME),)),
        Ready(key="quiet", label=N_("Not contacted for 60 days"), where=(_QUIET,)),
        Ready(key="nobody", label=N_("Without an owner"), where=(("contact.owner", "empty"),)),
    ),
    found=(),
    new="/contacts/new",
    new_label=N_("New contact"),
)
COMPANIES: Final = Shape(
    of="company",
    path="/companies",
    card="/companies/",
    title=N_("Companies"),
    search=N_("Search by name, mail domain or phone"),
    empty=N_("People whose mail address has the domain of a company join it automatically."),
    icon="building",
    columns=("company.name", "company.domain", "company.phone", "company.owner", "company.created_at"),
    order="-id",
    views=(
        ALL,
        Ready(key="mine", label=N_("Mine"), where=(("company.owner", "=", ME),)),
        Ready(
            key="dealing",
            label=N_("With an open deal"),
            where=({"has": "company.deals", "where": {"all": [_OPEN_DEAL]}},),
        ),
    ),
    found=(),
    new="/companies/new",
    new_label=N_("New company"),
)
DEALS: Final = Shape(
    of="deal",
    path="/deals/list",
    card="/deals/",
    title=N_("Deals"),
    search=N_("Search by title, contact or company"),
    empty=N_("Take a lead, or add a deal."),
    icon="columns",
    columns=(
        "deal.title",
        "deal.amount",
        "deal.stage",
        "deal.contact",
        "deal.contact.phone",
        "deal.owner",
        "deal.next_task_at",
        "deal.created_at",
    ),
    order="-id",
    views=(
        Ready(key="open", label=N_("Open"), where=(_OPEN_DEAL,)),
        Ready(key="mine", label=N_("Mine"), where=(_OPEN_DEAL, ("deal.owner", "=", ME))),
        Ready(
            key="no_step",
            label=N_("No next step"),
            where=(_OPEN_DEAL, ("deal.next_task_at", "empty")),
        ),
        Ready(
            key="closed",
            label=N_("Closed this month"),
            where=(("deal.closed_at", "during", "this_month"),),
            order="-closed_at",
        ),
        ALL,
    ),
    found=("deal.title", "deal.contact.name", "deal.company.name"),
    new="/deals/new",
    new_label=N_("New deal"),
)
LEADS: Final = Shape(
    of="lead",
    path="/leads/list",
    card="/leads/",
    title=N_("Leads"),
    search=N_("Search by title or contact"),
    empty=N_("Everybody who writes or calls for the first time appears here until they are assigned."),
    icon="spark",
    columns=(
        "lead.contact",
        "lead.title",
        "lead.state",
        "lead.contact.phone",
        "lead.contact.mail",
        "lead.owner",
        "lead.created_at",
    ),
    order="-id",
    views=(
        Ready(key="new", label=N_("New"), where=(("lead.state", "=", "new"),)),
        Ready(key="mine", label=N_("Mine"), where=(("lead.owner", "=", ME),)),
        Ready(key="declined", label=N_("Declined"), where=(("lead.state", "=", "declined"),)),
        ALL,
    ),
    found=("lead.title", "lead.contact.name"),
)
TASKS: Final = Shape(
    of="task",
    path="/tasks/list",
    card="/tasks/",
    title=N_("Tasks"),
    search=N_("Search by title or contact"),
    empty=N_("Add a task above, or on a deal. Missed calls become call-back tasks automatically."),
    icon="check-circle",
    columns=(
        "task.title",
        "task.kind",
        "task.due_at",
        "task.contact",
        "task.contact.phone",
        "task.deal",
        "task.assignee",
    ),
    order="due_at",
    views=(
        Ready(key="mine", label=N_("Mine"), where=(_OPEN_TASK, _MY_TASK)),
        Ready(
            key="overdue",
            label=N_("Overdue"),
            where=(_OPEN_TASK, ("task.due_at", "before", {"ago": [0, "minutes"]})),
        ),
        Ready(key="today", label=N_("Today"), where=(_OPEN_TASK, ("task.due_at", "during", "today"))),
        Ready(key="open", label=N_("To do"), where=(_OPEN_TASK,)),
        Ready(key="done", label=N_("Done"), where=(("task.done_at", "filled"),), order="-done_at"),
        ALL,
    ),
    found=("task.title", "task.contact.name"),
)
SHAPES: Final[Mapping[str, Shape]] = {shape.of: shape for shape in (CONTACTS, COMPANIES, DEALS, LEADS, TASKS)}
"""By the key of the object."""
