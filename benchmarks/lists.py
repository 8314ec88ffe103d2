"""What the one list costs: a page and a count of contacts and deals by filters of every kind, with few and with many rows."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import asyncpg

from benchmarks.fill import fill
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage, stage
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.users.model import SYSTEM, Viewer
from hub.catalogue import CATALOGUE, terms
from hub.database import connect
from hub.settings import Settings
from values.errors import Invalid
from values.filters.binding import bind
from values.filters.reading import read

WARM = 3
SIX = {
    "all": [
        ["contact.name", "contains", "anna"],
        ["contact.created_at", "during", {"last": [30, "days"]}],
        ["contact.company", "empty"],
        ["contact.tags", "has none", ["partner"]],
        {"any": [["contact.language", "=", "ru"], ["contact.note", "empty"]]},
        {"has": "contact.deals", "where": ["deal.amount", ">=", 1000]},
    ]
}
ASKS: dict[str, tuple[str, Any]] = {
    "all contacts": ("contact", {}),
    "a name in 1 %": ("contact", {"all": [["contact.name", "contains", " 77"]]}),
    "a rare name": ("contact", {"all": [["contact.name", "contains", "novak 1234"]]}),
    "a number": ("contact", {"has": "contact.handles", "where": ["handle.value", "=", "+12020001234"]}),
    "with a large deal": ("contact", {"has": "contact.deals", "where": ["deal.amount", ">", 9_000]}),
    "without a deal": ("contact", {"has_none": "contact.deals"}),
    "with three deals": ("contact", {"count": "contact.deals", "op": ">=", "value": 3}),
    "six conditions": ("contact", SIX),
    "nothing passes": ("contact", {"all": [["contact.note", "contains", "nobody wrote this"]]}),
    "open deals of Anna": (
        "deal",
        {"all": [["deal.stage.kind", "=", "open"], ["deal.contact.name", "starts", "anna smith"]]},
    ),
}


@dataclass(slots=True, kw_only=True)
class Side:
    """A database with so many contacts, who looks, and what each list took."""

    conn: asyncpg.Connection
    manager: Viewer
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict[tuple[str, str], list[float]])
    told: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


async def run(_: Stage, *, small: int, large: int, samples: int) -> list[dict[str, Any]]:
    """One row a list and reader: p95 in milliseconds of the page and of the count at both sizes, and their ratio.

    `told` says that the database took too long, and that whoever asked was told so.
    """
    async with AsyncExitStack() as stack:
        sides = [await _side(stack, size) for size in (small, large)]
        for n in range(WARM + samples):
            for name in ASKS:
                for who in ("all", "own"):
                    for side in sides if n % 2 else reversed(sides):
                        await _ask(side, name, who, is_warm=n >= WARM)
    return [_row(name, who, sides, (small, large)) for name in ASKS for who in ("all", "own")]


async def _side(stack: AsyncExitStack, size: int) -> Side:
    prepared = await stack.enter_async_context(stage())
    await sink_channel(prepared)
    await fill(prepared.database_url, conversations=size, messages_each=5)
    conn = await connect(prepared.database_url, application="bench")
    stack.push_async_callback(conn.close)
    id_ = await conn.fetchval("SELECT min(id) FROM crm_user WHERE role = 'manager'")
    return Side(conn=conn, manager=Viewer(user_id=id_, role="manager"))


async def _ask(side: Side, name: str, who: str, *, is_warm: bool) -> None:
    of, form = ASKS[name]
    listed = Listed(catalogue=CATALOGUE, of=of, where=bind(read(form), of, terms(Settings())))
    viewer = SYSTEM if who == "all" else side.manager
    for what, verb in (("page", listing.ids), ("count", listing.count)):
        began = time.perf_counter()
        try:
            async with side.conn.transaction():
                await verb(side.conn, viewer, listed)
        except Invalid:
            side.told.add((f"{name}, {who}", what))
        if is_warm:
            side.took.setdefault((f"{name}, {who}", what), []).append(time.perf_counter() - began)


def _row(name: str, who: str, sides: list[Side], sizes: tuple[int, int]) -> dict[str, Any]:
    row: dict[str, Any] = {"list": f"{name}, {who}"}
    for what in ("page", "count"):
        key = (f"{name}, {who}", what)
        small, large = (1000 * quantiles(side.took[key], n=20)[-1] for side in sides)
        row |= {
            f"{what}_p95_ms_at_{size}": round(ms, 1) for size, ms in zip(sizes, (small, large), strict=True)
        }
        row[f"{what}_ratio"] = "told" if key in sides[1].told else round(large / max(small, 0.01), 1)
    return row
