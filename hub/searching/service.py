"""Asking every owner for what matches, each under its own rule of who sees what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from crm_core.companies import service as companies
from crm_core.companies.model import Company
from crm_core.contacts.listing import service as contacts
from crm_core.contacts.model import Contact
from crm_core.deals import service as deals
from crm_core.deals.model import Card
from crm_core.leads import service as leads
from crm_core.leads.model import Lead
from crm_core.sql import Conn
from crm_core.tasks import listing as tasks
from crm_core.tasks.model import Task
from crm_core.users.model import Viewer
from inbox.views import queries
from inbox.views.model import Found
from values.texts import storable

Kind: TypeAlias = Literal["contact", "company", "deal", "lead", "task", "message"]
KINDS: Final[tuple[Kind, ...]] = ("contact", "company", "deal", "lead", "task", "message")
SHORTEST: Final = 2
LONGEST: Final = 200
MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found of each kind; of those in `more` there is more. `is_likely`: no name has the words, these are like them."""

    contacts: Sequence[Contact] = ()
    companies: Sequence[Company] = ()
    deals: Sequence[Card] = ()
    leads: Sequence[Lead] = ()
    tasks: Sequence[Task] = ()
    messages: Sequence[Found] = ()
    more: frozenset[Kind] = frozenset()
    is_likely: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((self.contacts, self.companies, self.deals, self.leads, self.tasks, self.messages))


async def search(
    conn: Conn, viewer: Viewer, text: str, *, kinds: Sequence[Kind] = KINDS, limit: int = 5
) -> Results:
    """Up to `limit` of each kind; nothing for a text that is too short. In a transaction. Raises Forbidden."""
    viewer.require_customers()
    text, limit = storable(text).strip()[:LONGEST], min(limit, MOST)
    if len(text) < SHORTEST:
        return Results()
    found: dict[Kind, Sequence[object]] = {}
    for kind in kinds:
        found[kind] = await _of(conn, viewer, text, kind, limit + 1)
    likely: Sequence[Contact] = ()
    if "contact" in kinds and not found["contact"]:
        likely = await contacts.likely(conn, viewer, text, limit=limit)
    results = Results(
        **{_PLURAL[kind]: tuple(rows[:limit]) for kind, rows in found.items()},  # type: ignore[arg-type]
        more=frozenset(kind for kind, rows in found.items() if len(rows) > limit),
    )
    return replace(results, contacts=tuple(likely), is_likely=True) if likely else results


async def _of(conn: Conn, viewer: Viewer, text: str, kind: Kind, limit: int) -> Sequence[object]:
    match kind:
        case "contact":
            return (await contacts.list_contacts(conn, viewer, query=text, limit=limit)).items
        case "company":
            return (await companies.list_companies(conn, viewer, query=text, limit=limit)).items
        case "deal":
            return (await deals.list_deals(conn, viewer, query=text, limit=limit)).items
        case "lead":
            return await leads.search(conn, viewer, text, limit=limit)
        case "task":
            return await tasks.search(conn, viewer, text, limit=limit)
        case "message":
            return await queries.search_messages(conn, viewer, text, limit=limit)


_PLURAL: Final[dict[Kind, str]] = {
    "contact": "contacts",
    "company": "companies",
    "deal": "deals",
    "lead": "leads",
    "task": "tasks",
    "message": "messages",
}
