"""When somebody is told that nothing comes in on a channel: left to its history, or set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web.context import user
from hub.web.forms import Form
from hub.web.posted import posted
from hub.wording.i18n import N_
from inbox.channels import silence_rules
from inbox.channels.model import Channel
from inbox.channels.silence_rule_store import SilenceRule

DAYS = tuple((day, date(2024, 1, day)) for day in range(1, 8))
"""ISO weekdays with a date that falls on each."""


def form_of(request: web.Request, rule: SilenceRule | None) -> Form:
    """The form on a channel's page as it is saved."""
    given = {
        "after_hours": f"{rule.after_hours:g}" if rule else "",
        "opens": rule.hours[:5] if rule else "",
        "closes": rule.hours[6:].replace("24:00", "00:00") if rule else "",
        "day": [str(day) for day in (rule.days if rule else range(1, 8))],
        "zone": rule.zone if rule else user(request).timezone,
    }
    return Form(given=given)


async def typed_in(request: web.Request) -> dict[str, Any]:
    """The fields of the form as they were sent."""
    data = await posted(request)
    typed = {name: str(data.get(name, "")).strip() for name in ("after_hours", "opens", "closes", "zone")}
    return typed | {"day": [str(day) for day in data.getall("day", [])]}


async def put(conn: Conn, request: web.Request, row: Channel, typed: Mapping[str, Any]) -> None:
    """Set the alarm; without hours it is left to the channel's history again. Raises Invalid."""
    if typed["after_hours"]:
        await silence_rules.put(conn, row.id, _rule(request, typed))
    else:
        await silence_rules.drop(conn, row.id)
    await audit.record(
        conn, "channel.silence_changed", user_id=user(request).id, peer=peer(request), target=row.slug,
        data={"after_hours": typed["after_hours"][:20]},
    )  # fmt: skip


def _rule(request: web.Request, typed: Mapping[str, Any]) -> SilenceRule:
    sentence = N_("Give the hours as a number, for example 2 or 1.5.")
    after = read.fraction(typed["after_hours"], sentence, name="after_hours")
    given = [typed["opens"], typed["closes"]]
    opens, closes = silence_rules.read_hours("-".join(given) if any(given) else "")
    if closes == 0:  # midnight, as a browser's field writes it
        closes = silence_rules.DAY
    return SilenceRule(
        after_hours=after,
        opens=opens,
        closes=closes,
        days=[day for day, _ in DAYS if str(day) in typed["day"]],
        zone=typed["zone"] or user(request).timezone,
    )
