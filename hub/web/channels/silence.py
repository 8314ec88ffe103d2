"""When somebody is told that nothing comes in on a channel: left to its history, or set by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from hub import audit
from hub.peers import peer
from hub.web.channels import listing as channels
from hub.web.context import transaction, user
from hub.web.formats import now
from hub.web.posted import posted
from hub.web.render import see_other
from hub.wording.i18n import N_
from inbox.channels import service, silence_rules
from inbox.channels.silence_rule_store import SilenceRule
from values.errors import Invalid

DAYS = tuple((day, date(2024, 1, day)) for day in range(1, 8))
"""ISO weekdays with a date that falls on each."""


def values_of(request: web.Request, rule: SilenceRule | None) -> dict[str, Any]:
    """What the form on a channel's page shows."""
    return {
        "silence": rule,
        "silence_days": DAYS,
        "silence_zone": rule.zone if rule else user(request).timezone,
    }


async def save(request: web.Request) -> web.StreamResponse:
    """Set the alarm; without hours it is left to the channel's history again."""
    slug, fields = request.match_info["slug"], await posted(request)
    typed = str(fields.get("after_hours", "")).strip().replace(",", ".")
    async with transaction(request) as conn:
        row = await service.get(conn, slug)
        if typed:
            await silence_rules.put(conn, row.id, _rule(request, fields, typed))
        else:
            await silence_rules.drop(conn, row.id)
        await audit.record(
            conn, "channel.silence_changed", user_id=user(request).id, peer=peer(request), target=slug,
            data={"after_hours": typed[:20]},
        )  # fmt: skip
    await channels.changed(request, row)
    return see_other(request, f"/channels/{slug}?saved={now():%H%M%S%f}#silence")


def _rule(request: web.Request, fields: Any, typed: str) -> SilenceRule:
    try:
        after = float(typed)
    except ValueError:
        raise Invalid(N_("Give the hours as a number, for example 2 or 1.5."), field="after_hours") from None
    given = [str(fields.get(name, "")).strip() for name in ("opens", "closes")]
    opens, closes = silence_rules.read_hours("-".join(given) if any(given) else "")
    if closes == 0:  # midnight, as a browser's field writes it
        closes = silence_rules.DAY
    return SilenceRule(
        after_hours=after,
        opens=opens,
        closes=closes,
        days=[int(day) for day in fields.getall("day", []) if str(day) in "1234567" and day],
        zone=str(fields.get("zone") or user(request).timezone),
    )
