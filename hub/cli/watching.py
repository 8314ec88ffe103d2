"""What `hub channel log` and `hub channel silence` do behind their words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from hub.cli.session import print_json
from hub.cli.show import table

WHICH_DAYS = "--days takes 1-5 or 1,3,5; 1 is Monday, 7 is Sunday."

if TYPE_CHECKING:
    from hub.database import Pool
    from inbox.channels.silence_rule_store import SilenceRule
    from inbox.exchanges.store import Kept


async def requests(pool: Pool, slug: str, *, failed: bool, message: int | None, limit: int) -> list[Kept]:
    from inbox.channels import service
    from inbox.exchanges import store

    async with pool.acquire() as conn:
        row = await service.get(conn, slug)
        page = await store.listed(conn, row.id, message_id=message, failed=failed, limit=limit)
        return page.items


def show_requests(rows: list[Kept], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table(
        ("Last", "Times", "Message", "Status", "ms", "Request", "Answer"),
        [
            (f"{row.last_at:%Y-%m-%d %H:%M:%S}", row.n, row.message_id, _status(row), row.milliseconds,
             _short(row.request, 100), _short(row.reason or row.answer, 200))
            for row in rows
        ],
        empty="Nothing like this was asked of the provider lately.",
    )  # fmt: skip


def _status(row: Kept) -> object:
    return row.status if row.status is not None else ("ok" if row.is_fine else "none")


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def is_half_a_rule() -> bool:
    """Whether what belongs to an alarm was typed on this command line; its defaults were not."""
    typed = click.get_current_context().get_parameter_source
    return any(typed(name) is ParameterSource.COMMANDLINE for name in ("hours", "days", "zone"))


def rule_of(after: float | None, *, hours: str, days: str, zone: str) -> SilenceRule | None:
    """The alarm as it was typed; None where none was."""
    from inbox.channels import silence_rules

    if after is None:
        return None
    opens, closes = silence_rules.read_hours(hours)
    return silence_rules.SilenceRule(
        after_hours=after, opens=opens, closes=closes, days=_days(days), zone=zone
    )


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not (first.isascii() and first.isdigit() and (not dash or (last.isascii() and last.isdigit()))):
            raise click.UsageError(WHICH_DAYS)
        found += range(int(first), min(int(last), 8) + 1) if dash else [int(first)]
    if not found or not 1 <= min(found) <= max(found) <= 7:
        raise click.UsageError(WHICH_DAYS)
    return found


async def silence(pool: Pool, slug: str, *, rule: SilenceRule | None, learn: bool) -> SilenceRule | None:
    """Set or drop the alarm of a channel; the one that is in force then."""
    from inbox.channels import service, silence_rule_store, silence_rules

    async with pool.acquire() as conn, conn.transaction():
        row = await service.get(conn, slug)
        if rule is not None:
            await silence_rules.put(conn, row.id, rule)
        elif learn:
            await silence_rules.drop(conn, row.id)
        return await silence_rule_store.get(conn, row.id)


def show_silence(rule: SilenceRule | None, *, as_json: bool) -> None:
    if as_json:
        shown: Any = None
        if rule:
            shown = {
                "after_hours": rule.after_hours,
                "hours": rule.hours,
                "days": list(rule.days),
                "zone": rule.zone,
            }
        print_json(shown)
    elif rule is None:
        click.echo("An unusual silence is an alarm, by two weeks of its own traffic.")
    else:
        days = ", ".join(map(str, rule.days))
        click.echo(
            f"{rule.after_hours:g} hours without a message are an alarm, counting {rule.hours} {rule.zone} on days {days}."
        )
