"""What happens around conversations becomes events of the bot, where a rule waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from chatbot.rules import Rule, RuleSet
from chatbot.schedules import last_due
from crm_core.deals import service as deals
from crm_core.events import Fact
from crm_core.facts import DealCreated, DealStageChanged
from crm_core.sql import Conn
from inbox.bot.events import store
from inbox.bot.events.model import TOO_LATE, NewEvent
from inbox.channels.directory import Directory
from inbox.channels.route import can_write, sending_channel
from inbox.facts import CallMissed

FACTS = (CallMissed, DealCreated, DealStageChanged)
"""Kinds of facts that rules may wait for."""
APART = 0.05
"""Seconds between two messages of a schedule: many people are not written to in one moment."""


async def hear(conn: Conn, fact: Fact, *, at: datetime, rules: RuleSet, directory: Directory) -> None:
    """A fact, if a rule waits for such a one."""
    if isinstance(fact, CallMissed):
        await _missed(conn, fact, at=at, rules=rules)
    elif isinstance(fact, DealCreated | DealStageChanged):
        await _stage_entered(conn, fact, at=at, rules=rules, directory=directory)


async def page_visited(
    conn: Conn, *, channel_id: int, visitor: str, path: str, rules: RuleSet, now: datetime
) -> None:
    """Somebody who wrote in the chat of a site looks at one of its pages."""
    if not any(fnmatchcase(path, each) for each in _pages(rules)):
        return
    id_ = await store.of_visitor(conn, channel_id, visitor)
    if id_ is not None:
        event = NewEvent(conversation_id=id_, kind="page", at=now, data={"page": path[:500]})
        await store.add(conn, [event])


def waits_for_pages(rules: RuleSet) -> bool:
    """Whether any rule waits for pages to be visited."""
    return bool(rules.events.get("page"))


def _pages(rules: RuleSet) -> list[str]:
    return [page for rule in rules.events.get("page", ()) if rule.when for page in rule.when.visited]


async def watch(conn: Conn, *, rules: RuleSet, now: datetime) -> None:
    """Look for silence and for what is due by a schedule since the last look; each is found once, by one process.

    A rule that is new, or that nobody looked for in a long time, begins now: nothing of the past is dug out.
    """
    watching = [rule for kind in ("silence", "schedule") for rule in rules.events.get(kind, ())]
    seen = await store.watched(conn)
    for rule in watching:
        if rule.when and rule.when.silence:
            seen[rule.id] = await _silence(conn, rule, seen.get(rule.id), now=now)
        elif rule.when and rule.when.schedule:
            seen[rule.id] = await _schedule(conn, rule, seen.get(rule.id), now=now)
    await store.watch(conn, {rule.id: seen[rule.id] for rule in watching})


async def _silence(conn: Conn, rule: Rule, seen: datetime | None, *, now: datetime) -> datetime:
    assert rule.when
    until = now - timedelta(minutes=rule.when.silence)
    since = max(seen, until - TOO_LATE["silence"]) if seen else until
    if since >= until:
        return seen or until
    found = await store.silent(conn, rule.id, since=since, until=until, returns=rule.returns)
    await store.add(
        conn,
        [NewEvent(conversation_id=id_, kind="silence", at=now, rule=rule.id) for id_ in found],
    )
    return until


async def _schedule(conn: Conn, rule: Rule, seen: datetime | None, *, now: datetime) -> datetime:
    assert rule.when
    schedule = rule.when.schedule
    due = last_due(schedule, now) if schedule else None
    if schedule is None or due is None or seen is None or due <= seen:
        return max(seen, due) if seen and due else now
    if now - due < TOO_LATE["schedule"]:
        active_since = now - timedelta(days=schedule.within_days)
        await store.add_scheduled(
            conn,
            rule.id,
            active_since=active_since,
            returns=rule.returns,
            apart=APART,
            tags=sorted(rule.when.tags),
        )
    return due


async def _missed(conn: Conn, fact: CallMissed, *, at: datetime, rules: RuleSet) -> None:
    """The line's own word to callers goes before the bot's; blocked numbers hear of neither."""
    id_ = fact.conversation_id
    if not rules.events.get("missed_call") or not id_ or await store.is_told(conn, id_):
        return
    await store.add(conn, [NewEvent(conversation_id=id_, kind="missed_call", at=at)])


async def _stage_entered(
    conn: Conn, fact: DealCreated | DealStageChanged, *, at: datetime, rules: RuleSet, directory: Directory
) -> None:
    """In the person's newest conversation in which we can write."""
    if not rules.events.get("stage") or not fact.contact_id:
        return
    stage = await _stage(conn, fact.stage_id) if isinstance(fact, DealCreated) else fact.stage
    for place in await store.places(conn, fact.contact_id):
        channel = directory.by_id(place.channel_id)
        sender = sending_channel(directory, channel, place.handle_kind) if channel else None
        if stage and sender and can_write(sender) and not sender.row.is_paused:
            event = NewEvent(conversation_id=place.id, kind="stage", at=at, data={"stage": stage})
            await store.add(conn, [event])
            return


async def _stage(conn: Conn, id_: object) -> str:
    """The name of a stage."""
    stages = [stage for pipeline in await deals.pipelines(conn) for stage in pipeline.stages]
    return next((stage.name for stage in stages if stage.id == id_), "")
