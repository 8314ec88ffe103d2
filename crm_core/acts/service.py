"""Carrying out an act so that it can be taken back, and taking it back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid4

import asyncpg
from msgspec import UNSET

from crm_core import events
from crm_core.acts import store
from crm_core.acts.model import Act, Cause
from crm_core.acts.store import Named
from crm_core.acts.verbs import VERBS
from crm_core.facts import ActUndone
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from values.errors import Conflict, NotFound
from values.sentences import phrase

P = ParamSpec("P")
T = TypeVar("T")
KEPT = timedelta(days=1)
"""How long what an act changed in the inbox is kept."""


@dataclass(slots=True, kw_only=True)
class Doing:
    """An act while it is carried out; what is put here is kept with it."""

    id: UUID
    concerns: list[int] = field(default_factory=list[int])
    message_id: int | None = None


@asynccontextmanager
async def act(
    conn: Conn, viewer: Viewer, kind: str, *, conversation_id: int | None = None
) -> AsyncGenerator[Doing]:
    """Whatever the transaction changes inside belongs to the act. Acts do not nest."""
    id_ = await store.begin(conn, kind, user_id=viewer.user_id, conversation_id=conversation_id)
    doing = Doing(id=id_)
    await store.record(conn, id_)
    yield doing
    await store.record(conn, None)
    if doing.concerns or doing.message_id:
        await store.describe(conn, id_, concerns=doing.concerns, message_id=doing.message_id)


@asynccontextmanager
async def acting(
    conn: Conn,
    viewer: Viewer,
    kind: str,
    *,
    cause: Cause = "user",
    cause_id: int | None = None,
    parent_id: UUID | None = None,
    act_id: UUID | None = None,
) -> AsyncGenerator[UUID | None]:
    """Whatever changes of contacts, companies, leads, deals and tasks inside belongs to the act, and can be taken back.

    The act is written with the first change: an edit that changes nothing is none (see `written`). It joins the act around
    it. What the product does by itself (SYSTEM, None) is no act, unless a cause is named. `act_id` goes on with an act of
    many batches.
    """
    if viewer == SYSTEM and cause == "user" and act_id is None:
        yield None
        return
    if cause == "user":
        cause, cause_id = _who(viewer)
    named = Named(
        id=act_id or uuid4(),
        kind=kind,
        user_id=viewer.user_id,
        cause=cause,
        cause_id=cause_id,
        parent_id=parent_id,
    )
    async with _transaction(conn):
        outer = await store.name(conn, named)
        try:
            yield outer or named.id
        except Exception:
            with suppress(asyncpg.PostgresError):  # of an aborted transaction the name goes by itself
                await _leave(conn, outer)
            raise
        await _leave(conn, outer)


def _who(viewer: Viewer) -> tuple[Cause, int | None]:
    if viewer.token_id is not None:
        return "token", viewer.token_id
    return ("system" if viewer == SYSTEM else "user"), None


async def _leave(conn: Conn, outer: UUID | None) -> None:
    if outer is None:
        await store.unname(conn)


def verb(
    kind: str,
) -> Callable[
    [Callable[Concatenate[Conn, Viewer, P], Awaitable[T]]],
    Callable[Concatenate[Conn, Viewer, P], Awaitable[T]],
]:
    """A verb `(conn, viewer, ...)` that is an act of this kind, or a part of the act around it."""
    assert kind in VERBS, kind

    def made(
        body: Callable[Concatenate[Conn, Viewer, P], Awaitable[T]],
    ) -> Callable[Concatenate[Conn, Viewer, P], Awaitable[T]]:
        @wraps(body)
        async def carried_out(conn: Conn, viewer: Viewer, *args: P.args, **kwargs: P.kwargs) -> T:
            async with acting(conn, viewer, kind):
                return await body(conn, viewer, *args, **kwargs)

        return carried_out

    return made


@asynccontextmanager
async def _transaction(conn: Conn) -> AsyncGenerator[None]:
    if conn.is_in_transaction():
        yield
        return
    async with conn.transaction():
        yield


async def written(conn: Conn, id_: UUID | None) -> UUID | None:
    """The act, if it changed anything."""
    return id_ if id_ is not None and await store.exists(conn, id_) else None


async def allowed(conn: Conn, viewer: Viewer, id_: UUID) -> Act:
    """The act, locked, if this viewer may take it back: who did it, whom it concerns, who sees everything."""
    found = await store.lock(conn, id_)
    may = found and (viewer.sql_id is None or viewer.user_id in (found.user_id, *found.concerns))
    if found is None or not may or found.at < datetime.now(UTC) - KEPT:
        raise NotFound(phrase("There is nothing to undo any more."))
    if found.undone_at is not None:
        raise Conflict(phrase("It is undone already."))
    return found


async def take_back(
    conn: Conn,
    viewer: Viewer,
    found: Act,
    *,
    contact_id: int | None = None,
    text: str = "",
    must: frozenset[str] = frozenset(),
) -> list[str]:
    """Put back what the act changed, and write into the history that it was (`text` is what had been said); returns what
    stays because somebody changed it since.

    Raises Conflict when something of `must` (as `table.column`) would stay.
    """
    kept = await store.take_back(conn, found.id)
    if must & set(kept):
        raise Conflict(phrase("It was changed again since, so it can no longer be undone."))
    await store.undone(conn, found.id)
    fact = ActUndone(
        contact_id=contact_id,
        conversation_id=found.conversation_id,
        user_id=viewer.user_id,
        what=found.kind,
        text=text[:500] or UNSET,
    )
    await events.announce(conn, [fact])
    return kept


__all__ = ["Doing", "act", "acting", "allowed", "take_back", "verb", "written"]
