"""What an address of the pages is: a method, a path, its handler, who may call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from aiohttp import web

from hub.web.navigation import CUSTOMERS

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANYBODY: frozenset[str] = frozenset()
"""Also who is not signed in."""
LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address. `access` are the roles that may call it; ANYBODY needs no sign-in. `limit` bounds the body."""

    method: str
    path: str
    handler: Handler
    access: frozenset[str] = CUSTOMERS
    name: str | None = None
    limit: int = LIMIT


def get(path: str, handler: Handler, name: str | None = None) -> Page:
    """A page that is looked at; `name` is what links and the bar call it."""
    return Page(method="GET", path=path, handler=handler, name=name)


def post(path: str, handler: Handler, *, limit: int = LIMIT) -> Page:
    """A form that is sent; its body has at most `limit` bytes."""
    return Page(method="POST", path=path, handler=handler, limit=limit)


def open_to(roles: frozenset[str], *pages: Page) -> tuple[Page, ...]:
    """The same pages for these roles and nobody else."""
    return tuple(replace(page, access=roles) for page in pages)
