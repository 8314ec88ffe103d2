"""Search over everything that the viewer sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from crm_core.companies.model import Company
from crm_core.contacts.model import Contact
from crm_core.deals.model import Card
from crm_core.leads.model import Lead
from crm_core.tasks.model import Task
from hub.api.endpoint import Call, endpoints_of
from hub.searching import service
from hub.searching.service import KINDS, MOST, SHORTEST, Kind
from inbox.views.model import Found


class SearchQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`q` are parts of names, numbers in any notation, words of messages and names of files; `kind` asks for one kind alone."""

    q: Annotated[str, Meta(min_length=SHORTEST, max_length=200)]
    kind: Kind | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 10


class SearchResults(msgspec.Struct, kw_only=True):
    """What was found, the nearest or newest of each kind first; of the kinds in `more` there is more.

    `is_likely` says that no contact has the words in its name, and that these have words much like them.
    """

    contacts: list[Contact]
    companies: list[Company]
    deals: list[Card]
    leads: list[Lead]
    tasks: list[Task]
    messages: list[Found]
    more: list[Kind]
    is_likely: bool


RESOURCES: Final[dict[Kind, str]] = {
    "contact": "contacts",
    "company": "companies",
    "deal": "deals",
    "lead": "leads",
    "task": "tasks",
    "message": "conversations",
}
"""What a token must be able to read to be told of a kind."""


async def search(call: Call) -> SearchResults:
    query: SearchQuery = call.query
    asked: Sequence[Kind] = (query.kind,) if query.kind else KINDS
    readable: list[Kind] = [kind for kind in asked if RESOURCES[kind] in call.readable]
    found = await service.search(
        call.conn,
        call.viewer,
        query.q,
        kinds=readable,
        limit=query.limit,
    )
    return SearchResults(
        contacts=list(found.contacts),
        companies=list(found.companies),
        deals=list(found.deals),
        leads=list(found.leads),
        tasks=list(found.tasks),
        messages=list(found.messages),
        more=sorted(found.more),
        is_likely=found.is_likely,
    )


endpoint = endpoints_of("contacts")
ENDPOINTS = (
    endpoint("GET", "/search", "Search everything", search, query=SearchQuery, returns=SearchResults),
)
