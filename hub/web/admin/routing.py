"""What routing knows of one user: teams and skills, languages, weight, deputy, minutes to answer in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from crm_core.users import service as users
from crm_core.users.model import User
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web.context import form, ident, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext
from inbox.routing import store
from inbox.routing.model import About
from values.errors import Invalid

MOST_MINUTES = 10_080
MOST_WORDS = 20
MOST_WEIGHT = 20


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """Put it in force for the next conversation that is routed."""
    fields = await form(request)
    try:
        async with transaction(request) as conn:
            found = await users.get(conn, ident(request))
            people = {person.id for person in await users.list_users(conn)}
            given = _about(fields, found, people)
            await store.save_about(conn, given)
            await audit.record(
                conn, "user.routing_changed", user_id=user(request).id, peer=peer(request), target=found.email
            )
    except REFUSALS as error:
        return await _page(request, refused(error, fields, _shown(About(user_id=0))))
    return see_other(request, f"/users/{found.id}/routing?saved=1")


async def _page(request: web.Request, shown: Form | None = None, *, saved: str = "") -> web.Response:
    async with transaction(request) as conn:
        found = await users.get(conn, ident(request))
        people = await users.list_users(conn)
        about = (await store.about(conn, datetime.now(UTC))).get(found.id) or About(user_id=found.id)
    deputies = [(str(one.id), one.name) for one in people if one.id != found.id and one.can("customers")]
    return form_page(
        request,
        "admin/user_routing.html",
        shown or Form(given=_shown(about)),
        found=found,
        deputies=[("", gettext("Nobody")), *deputies],
        saved=saved,
    )


def _shown(about: About) -> dict[str, str]:
    return {
        "teams": ", ".join(about.teams),
        "languages": ", ".join(about.languages),
        "deputy_id": str(about.deputy_id or ""),
        "answer_within": str(about.answer_within or ""),
        "weight": str(about.weight),
    }


def _about(fields: Mapping[str, str], found: User, people: set[int]) -> About:
    """What was typed. Raises Invalid."""
    minutes = read.whole(
        fields,
        "answer_within",
        N_("Minutes are a number from 0 to 10080."),
        maximum=MOST_MINUTES,
        empty=0,
    )
    other = N_("Choose somebody else as the deputy.")
    deputy_id = read.number(fields, "deputy_id", other)
    if deputy_id is not None and (deputy_id not in people or deputy_id == found.id):
        raise Invalid(other, field="deputy_id")
    return About(
        user_id=found.id,
        teams=words(fields, "teams"),
        languages=words(fields, "languages"),
        deputy_id=deputy_id,
        answer_within=minutes,
        weight=read.whole(
            fields,
            "weight",
            N_("The weight is a number from 1 to 20."),
            minimum=1,
            maximum=MOST_WEIGHT,
            empty=1,
        ),
    )


def words(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What stands between commas, each once."""
    return tuple(read.words(fields.get(name, ""), most=MOST_WORDS, longest=60))
