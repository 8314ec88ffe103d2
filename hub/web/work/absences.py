"""Who is away when: a calendar of four weeks, and the form that adds an absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from crm_core.users import service as users
from crm_core.users.model import User
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms
from hub.web.context import form, ident, transaction, user
from hub.web.formats import local_date
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.moments import day_input
from hub.web.render import see_other
from hub.wording.i18n import N_
from inbox.routing import store
from inbox.routing.model import Absence
from values.errors import Invalid, NotFound
from values.texts import one_line

DAYS = 28
LONGEST = timedelta(days=366)
NOTE = 200
FIELDS = ("user_id", "from_day", "from_clock", "until_day", "until_clock", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day of one person. `is_first` and `is_last` round the ends of a stretch."""

    is_away: bool
    is_first: bool
    is_last: bool
    title: str


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """Add an absence: one's own, or an admin anybody's."""
    fields, me = await form(request), user(request)
    try:
        async with transaction(request) as conn:
            people = {str(one.id): one for one in _people(await users.list_users(conn))}
            whose = people.get(fields.get("user_id", "") or str(me.id))
            if whose is None or (whose.id != me.id and not me.can("absences of others")):
                raise Invalid(N_("Choose one from the list."), field="user_id")
            given = read(fields, whose, now=datetime.now(UTC))
            await store.add_absence(conn, given)
            await audit.record(
                conn, "user.absence_added", user_id=me.id, peer=peer(request), target=whose.email
            )
    except REFUSALS as error:
        return await _page(request, refused(error, fields, _blank(request)))
    return see_other(request, "/absences?saved=1")


async def remove(request: web.Request) -> web.StreamResponse:
    me = user(request)
    async with transaction(request) as conn:
        if not await store.remove_absence(
            conn, ident(request), of_user=None if me.can("absences of others") else me.id
        ):
            raise NotFound(N_("This absence no longer exists."))
        await audit.record(
            conn, "user.absence_removed", user_id=me.id, peer=peer(request), target=str(ident(request))
        )
    return see_other(request, "/absences")


def read(fields: Mapping[str, str], whose: User, *, now: datetime) -> Absence:
    """The absence that was typed, in the time of whoever is away; days without a time count whole. Raises Invalid."""
    zone = ZoneInfo(whose.timezone)
    first = forms.day(fields, "from_day")
    last = forms.day(fields, "until_day", default=fields.get("from_day", ""))
    from_clock, until_clock = forms.clock(fields, "from_clock"), forms.clock(fields, "until_clock")
    from_at = datetime.combine(first, from_clock or time(), zone).astimezone(UTC)
    if until_clock:
        until_at = datetime.combine(last, until_clock, zone).astimezone(UTC)
    else:
        until_at = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    if until_at <= from_at:
        raise Invalid(N_("The end must be after the beginning."), field="until_day")
    if until_at <= now:
        raise Invalid(N_("This is in the past."), field="until_day")
    if until_at - from_at > LONGEST:
        raise Invalid(N_("An absence lasts at most a year."), field="until_day")
    note = one_line(fields.get("note", ""), NOTE)
    return Absence(user_id=whose.id, from_at=from_at, until_at=until_at, note=note)


def _people(found: Sequence[User]) -> list[User]:
    return [one for one in found if one.is_active and one.can("customers")]


def _blank(request: web.Request) -> dict[str, str]:
    today = day_input(local_date(datetime.now(UTC)))
    return dict.fromkeys(FIELDS, "") | {"user_id": str(user(request).id), "from_day": today}


async def _page(request: web.Request, shown: Form | None = None, *, saved: str = "") -> web.Response:
    me, now = user(request), datetime.now(UTC)
    async with transaction(request) as conn:
        people = _people(await users.list_users(conn))
        absences = await store.absences(conn, now)
    today = local_date(now)
    days = [today + timedelta(days=n) for n in range(DAYS)]
    names = {one.id: one.name for one in people}
    rows = {one.id: [_cell(absences, one.id, day) for day in days] for one in people}
    return form_page(
        request,
        "work/absences.html",
        shown or Form(given=_blank(request)),
        days=days,
        rows=[(names[id_], cells) for id_, cells in rows.items() if any(cell.is_away for cell in cells)],
        absences=[one for one in absences if one.user_id in names],
        names=names,
        people=[(str(me.id), me.name), *((str(one.id), one.name) for one in people if one.id != me.id)],
        me=me,
        saved=saved,
    )


def _cell(absences: Sequence[Absence], user_id: int, day: date) -> Cell:
    """How a day looks in the reader's calendar."""
    for one in absences:
        first, last = local_date(one.from_at), local_date(one.until_at - timedelta(seconds=1))
        if one.user_id == user_id and first <= day <= last:
            return Cell(is_away=True, is_first=day == first, is_last=day == last, title=one.note)
    return Cell(is_away=False, is_first=False, is_last=False, title="")
