"""A silence alarm that somebody has set: only the hours that count count."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from inbox.channels import service, silence, silence_rule_store
from inbox.channels import silence_rules as rules
from inbox.channels.silence_rule_store import SilenceRule
from inbox.channels.silence_rules import counted, read_hours
from tests.world import World
from values.errors import Invalid

WORK = SilenceRule(after_hours=2, opens=9 * 60, closes=18 * 60, days=(1, 2, 3, 4, 5), zone="Asia/Phnom_Penh")
NIGHT = SilenceRule(after_hours=2, opens=22 * 60, closes=6 * 60, days=(5,), zone="UTC")


@pytest.mark.parametrize(
    ("rule", "since", "until", "hours"),
    [
        (WORK, "2026-01-05 10:00", "2026-01-05 12:30", 2.5),
        (WORK, "2026-01-05 17:30", "2026-01-06 09:15", 0.75),  # Monday evening to Tuesday morning
        (WORK, "2026-01-09 17:00", "2026-01-12 10:00", 2.0),  # over a weekend
        (WORK, "2026-01-10 08:00", "2026-01-11 23:00", 0.0),  # Saturday and Sunday
        (WORK, "2026-01-05 12:00", "2026-01-05 12:00", 0.0),
        (SilenceRule(after_hours=1), "2026-01-05 00:00", "2026-01-07 12:00", 60.0),
        (NIGHT, "2026-01-09 20:00", "2026-01-10 12:00", 8.0),  # Friday's night runs into Saturday
        (NIGHT, "2026-01-10 03:00", "2026-01-11 23:00", 3.0),
        (
            SilenceRule(after_hours=1, zone="Europe/Berlin"),
            "2026-03-29 00:00",
            "2026-03-30 00:00",
            23.0,
        ),  # clocks go forward
    ],
)
def test_counted(rule: SilenceRule, since: str, until: str, hours: float) -> None:
    zone = ZoneInfo(rule.zone)
    begin, end = (datetime.fromisoformat(at).replace(tzinfo=zone) for at in (since, until))
    assert counted(rule, begin.astimezone(ZoneInfo("UTC")), end.astimezone(ZoneInfo("UTC"))) == pytest.approx(
        hours
    )


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", (0, 1440)),
        ("09:00-18:00", (540, 1080)),
        (" 9 – 18:30 ", (540, 1110)),
        ("22:00-06:00", (1320, 360)),
        ("0-24", (0, 1440)),
    ],
)
def test_hours_as_they_are_typed(typed: str, minutes: tuple[int, int]) -> None:
    assert read_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["9", "9-", "-18", "a-b", "09:60-18:00", "9-25", "٩-18", "9:00-18:00:00"])
def test_hours_that_are_none(typed: str) -> None:
    with pytest.raises(Invalid):
        read_hours(typed)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"after_hours": 0}, "after_hours"),
        ({"after_hours": float("nan")}, "after_hours"),
        ({"after_hours": 1e9}, "after_hours"),
        ({"opens": 600, "closes": 600}, "hours"),
        ({"days": ()}, "days"),
        ({"days": (0, 8)}, "days"),
        ({"zone": "Mars/Base"}, "zone"),
    ],
)
def test_what_cannot_be_set(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as told:
        rules.check(SilenceRule(**{"after_hours": 2, **changes}))  # pyright: ignore[reportArgumentType]
    assert told.value.field == field


async def test_it_is_told_once_without_any_history_and_ends_when_something_comes(world: World) -> None:
    async with world.pool.acquire() as conn:
        row = await service.get(conn, "sink")
        await rules.put(conn, row.id, SilenceRule(after_hours=2))
        assert not await silence.look(conn)  # the silence counts from now on
        await conn.execute("UPDATE inbox_silence_rule SET since = now() - interval '3 hours'")
        first, second = await silence.look(conn), await silence.look(conn)
        assert [change.data["alarm"] for change in first] == ["silence"]
        assert not second
        assert (await service.get(conn, "sink")).alarm.startswith(
            "Nothing came for 3.0 of the hours that count"
        )
    assert await world.post(sender="+12025550111", text="hi") == 200
    await world.settled()
    async with world.pool.acquire() as conn:
        assert [change.data["alarm"] for change in await silence.look(conn)] == [""]


async def test_one_that_is_set_stands_for_what_was_learnt_and_a_dropped_one_leaves_no_alarm(
    world: World,
) -> None:
    async with world.pool.acquire() as conn:
        row = await service.get(conn, "sink")
        await rules.put(conn, row.id, SilenceRule(after_hours=1))
        await conn.execute("UPDATE inbox_silence_rule SET since = now() - interval '2 hours'")
        assert await silence.look(conn)
        await rules.drop(conn, row.id)
        assert (await service.get(conn, "sink")).alarm == ""
        assert await silence_rule_store.get(conn, row.id) is None
        assert not await silence.look(conn)
