"""Who is away when: a calendar of four weeks, and the form that adds an absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from crm_core.users import service as users
from crm_core.users.model import User
from hub import audit
from hub.peers import peer
from hub.web.context import form, ident, transaction, user
from hub.web.formats import local_date
from hub.web.moments import day_input, read_clock, read_day
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.routing import store
from inbox.routing.model import Absence
from values.errors import Invalid, NotFound
from values.texts import one_line

DAYS = 28
LONGEST = timedelta(days=366)
NOTE = 200


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
    except Invalid as error:
        return await _page(request, typed=fields, problems={error.field: gettext(str(error))}, status=422)
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
    first, last = _day(fields, "from_day"), _day(fields, "until_day", default=fields.get("from_day", ""))
    from_clock, until_clock = _clock(fields, "from_clock"), _clock(fields, "until_clock")
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


def _day(fields: Mapping[str, str], name: str, default: str = "") -> date:
    day = read_day(fields.get(name, "") or default)
    if day is None or not 2000 <= day.year <= 2100:
        raise Invalid(N_("Choose a day."), field=name)
    return day


def _clock(fields: Mapping[str, str], name: str) -> time | None:
    typed = fields.get(name, "").strip()
    found = read_clock(typed)
    if typed and found is None:
        raise Invalid(N_("Enter a time such as 13:30."), field=name)
    return found


def _people(found: Sequence[User]) -> list[User]:
    return [one for one in found if one.is_active and one.can("customers")]


async def _page(
    request: web.Request,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    saved: str = "",
    status: int = 200,
) -> web.Response:
    me, now = user(request), datetime.now(UTC)
    async with transaction(request) as conn:
        people = _people(await users.list_users(conn))
        absences = await store.absences(conn, now)
    today = local_date(now)
    days = [today + timedelta(days=n) for n in range(DAYS)]
    names = {one.id: one.name for one in people}
    rows = {one.id: [_cell(absences, one.id, day) for day in days] for one in people}
    return page(
        request,
        "work/absences.html",
        status=status,
        days=days,
        rows=[(names[id_], cells) for id_, cells in rows.items() if any(cell.is_away for cell in cells)],
        absences=[one for one in absences if one.user_id in names],
        names=names,
        people=[(str(me.id), me.name), *((str(one.id), one.name) for one in people if one.id != me.id)],
        me=me,
        values=typed or {"user_id": str(me.id), "from_day": day_input(today)},
        problems=problems or {},
        saved=saved,
    )


def _cell(absences: Sequence[Absence], user_id: int, day: date) -> Cell:
    """How a day looks in the reader's calendar."""
    for one in absences:
        first, last = local_date(one.from_at), local_date(one.until_at - timedelta(seconds=1))
        if one.user_id == user_id and first <= day <= last:
            return Cell(is_away=True, is_first=day == first, is_last=day == last, title=one.note)
    return Cell(is_away=False, is_first=False, is_last=False, title="")
