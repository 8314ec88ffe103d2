"""Edits of records from pages: each is an act, told on the next page or with the answer, with a way back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from aiohttp import web

from crm_core.acts import service as acts
from crm_core.acts.verbs import VERBS, title_of
from crm_core.sql import Conn
from hub.web import flashes
from hub.web.context import transaction, viewer
from hub.web.flashes import Flash
from hub.wording.i18n import gettext


@asynccontextmanager
async def acting(request: web.Request, kind: str, about: str = "") -> AsyncGenerator[Conn]:
    """A transaction that is one act, where its kind can be taken back; `about` is whom or what it concerns."""
    if VERBS[kind].how == "none":
        async with transaction(request) as conn:
            yield conn
        return
    async with transaction(request) as conn:
        async with acts.acting(conn, viewer(request), kind) as id_:
            yield conn
        written = await acts.written(conn, id_)
    note(request, kind, written, about)


def note(request: web.Request, kind: str, act_id: UUID | None, about: str = "") -> None:
    """The answer tells of this act; an edit that changed nothing is none."""
    if act_id is not None:
        request[flashes.ACTED] = Flash(text=gettext(title_of(kind)), about=about, act=str(act_id))


def told(request: web.Request, response: web.Response) -> web.Response:
    """The response, which leads to a page that tells of the act."""
    if flashes.ACTED in request:
        flashes.keep(request, response, request[flashes.ACTED])
    return response


__all__ = ["acting", "note", "told"]
