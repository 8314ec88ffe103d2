"""What an address of the pages is: a method, a path, its handler, who may call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from aiohttp import web

from crm_core.access.abilities import Ability

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANYBODY = None
"""Also who is not signed in."""
LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address. Who has the ability `needs` may call it; ANYBODY needs no sign-in. `limit` bounds the body."""

    method: str
    path: str
    handler: Handler
    needs: Ability | None = "customers"
    name: str | None = None
    limit: int = LIMIT


def get(path: str, handler: Handler, name: str | None = None) -> Page:
    """A page that is looked at; `name` is what links and the bar call it."""
    return Page(method="GET", path=path, handler=handler, name=name)


def post(path: str, handler: Handler, *, limit: int = LIMIT) -> Page:
    """A form that is sent; its body has at most `limit` bytes."""
    return Page(method="POST", path=path, handler=handler, limit=limit)


def open_to(needs: Ability | None, *pages: Page) -> tuple[Page, ...]:
    """The same pages for who has this ability and nobody else; ANYBODY for everyone."""
    return tuple(replace(page, needs=needs) for page in pages)
