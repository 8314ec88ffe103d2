"""What routing knows of one user: teams and skills, languages, absence and deputy, minutes to answer in."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from crm_core.errors import Invalid
from crm_core.users import service as users
from crm_core.users.model import User
from hub import audit
from hub.web.context import form, ident, peer, transaction, user
from hub.web.i18n import N_, gettext
from hub.web.render import page, see_other
from inbox.routing import store
from inbox.routing.model import About

MOST_MINUTES = 10_080
MOST_WORDS = 20


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
    except Invalid as error:
        return await _page(request, typed=fields, problems={error.field: gettext(str(error))}, status=422)
    return see_other(request, f"/users/{found.id}/routing?saved=1")


async def _page(
    request: web.Request,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    saved: str = "",
    status: int = 200,
) -> web.Response:
    async with transaction(request) as conn:
        found = await users.get(conn, ident(request))
        people = await users.list_users(conn)
        about = (await store.about(conn)).get(found.id) or About(user_id=found.id)
    deputies = [(str(one.id), one.name) for one in people if one.id != found.id and one.role != "ops"]
    return page(
        request,
        "ops/user_routing.html",
        status=status,
        found=found,
        values=typed or _shown(about, found),
        problems=problems or {},
        deputies=[("", gettext("Nobody")), *deputies],
        saved=saved,
    )


def _shown(about: About, found: User) -> dict[str, str]:
    zone = zoneinfo.ZoneInfo(found.timezone)
    return {
        "teams": ", ".join(about.teams),
        "languages": ", ".join(about.languages),
        "away_from": about.away_from.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if about.away_from else "",
        "away_until": about.away_until.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        if about.away_until
        else "",
        "deputy_id": str(about.deputy_id or ""),
        "answer_within": str(about.answer_within or ""),
    }


def _about(fields: Mapping[str, str], found: User, people: set[int]) -> About:
    """What was typed. Raises Invalid."""
    away_from, away_until = (_moment(fields, name, found) for name in ("away_from", "away_until"))
    if away_from and away_until and away_until <= away_from:
        raise Invalid(N_("The absence ends before it begins."), field="away_until")
    minutes = fields.get("answer_within", "").strip() or "0"
    if not minutes.isascii() or not minutes.isdigit() or int(minutes[:9]) > MOST_MINUTES:
        raise Invalid(N_("Minutes are a number from 0 to 10080."), field="answer_within")
    deputy = fields.get("deputy_id", "")
    deputy_id = int(deputy) if deputy.isascii() and deputy.isdigit() and len(deputy) < 9 else None
    if deputy and (deputy_id not in people or deputy_id == found.id):
        raise Invalid(N_("Choose somebody else as the deputy."), field="deputy_id")
    return About(
        user_id=found.id,
        teams=_words(fields, "teams"),
        languages=_words(fields, "languages"),
        away_from=away_from,
        away_until=away_until,
        deputy_id=deputy_id,
        answer_within=int(minutes[:9]),
    )


def _words(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    text = fields.get(name, "")
    if "\0" in text:
        raise Invalid(N_("This contains a character that cannot be stored."), field=name)
    words = (" ".join(word.split())[:60] for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def _moment(fields: Mapping[str, str], name: str, found: User) -> datetime | None:
    """A wall-clock time in the user's own time zone."""
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(found.timezone))
        return wall.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(N_("This is no date with a time."), field=name) from None
