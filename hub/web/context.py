"""What a page handler may ask of its request: who asks, the database, the live pushes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users.model import User, Viewer
from hub import database
from hub.runtime import RUNTIME, Runtime
from hub.web.posted import posted
from hub.web.store import Session
from inbox.changes import Change
from values.texts import storable

USER = web.RequestKey("user", User)
VIEWER = web.RequestKey("viewer", Viewer)
SESSION = web.RequestKey("session", Session)
MOST_ID = 2**62


def runtime(request: web.Request) -> Runtime:
    return request.app[RUNTIME]


def user(request: web.Request) -> User:
    """Who is signed in; a page without sign-in must not ask."""
    return request[USER]


def viewer(request: web.Request) -> Viewer:
    """What they may see; goes into every look-up."""
    return request[VIEWER]


def session(request: web.Request) -> Session:
    return request[SESSION]


def is_signed_in(request: web.Request) -> bool:
    return SESSION in request


def csrf_token(request: web.Request) -> str:
    """The token for forms; empty without a session."""
    return request[SESSION].csrf if SESSION in request else ""


def is_fragment(request: web.Request) -> bool:
    """Whether htmx asks for a part of a page; going back in history wants a whole one."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


@asynccontextmanager
async def transaction(request: web.Request) -> AsyncGenerator[Conn]:
    """A connection in a transaction, for reading or one verb."""
    async with database.transaction(runtime(request).pool) as conn:
        yield conn


async def publish(request: web.Request, changes: Sequence[Change]) -> None:
    """Tell the browsers, after the commit."""
    if changes:
        await runtime(request).tell(changes)


def ident(request: web.Request, name: str = "id") -> int:
    """A number from the address; routes match digits only, but not how many."""
    return min(int(request.match_info[name]), MOST_ID)


async def form(request: web.Request) -> dict[str, str]:
    """The text fields of the form that was sent: line ends as one character, nothing that no database text can hold."""
    data = await posted(request)
    return {
        name: storable(value).replace("\r\n", "\n") for name, value in data.items() if isinstance(value, str)
    }
