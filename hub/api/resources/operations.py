"""What operations look at beside a channel: its requests to the provider, its silence alarm, and all alarms."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hub.alarms import service as alarms
from hub.alarms.model import Alarm
from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import After, Limit
from inbox.changes import Change
from inbox.channels import service, silence_rule_store, silence_rules
from inbox.channels.silence_rule_store import SilenceRule
from inbox.exchanges import store
from values.errors import Forbidden
from values.sentences import phrase


class RequestsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    message_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    failed: bool = False
    after: After | None = None
    limit: Limit = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOut(store.Kept):
    """`n` times the same between `at` and `last_at`. Bodies are cut at 4,000 characters and hold no secrets; who may
    not read conversations gets those of what failed only. `status` is null where no answer came: then `reason` says why."""


class RequestsPage(msgspec.Struct, kw_only=True):
    items: list[RequestOut]
    next: str | None = None


class SilenceOut(msgspec.Struct, kw_only=True):
    """Raise an alarm after so many hours without an input, counting the `hours` (`09:00-18:00`) of `days` (1 is Monday) only.
    `after_hours` is null where it is left to what the channel's own history says."""

    after_hours: float | None
    hours: str
    days: list[int]
    zone: str


class NewSilence(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    after_hours: Annotated[float, Meta(gt=0, le=silence_rules.LONGEST_HOURS)]
    hours: Annotated[str, Meta(max_length=20)] = ""
    days: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: [1, 2, 3, 4, 5, 6, 7]
    )
    zone: Annotated[str, Meta(max_length=60)] = "UTC"


class AlarmOut(msgspec.Struct, kw_only=True):
    """Something that is wrong now; it ends by itself. `subject` is a channel. `state` is open, or dismissed by somebody."""

    kind: str
    subject: str
    sentence: str
    since: datetime
    state: str
    dismissed_at: datetime | None


class AlarmList(msgspec.Struct, kw_only=True):
    items: list[AlarmOut]


class AlarmsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[str, Meta(pattern="^(open|dismissed)$")] | None = None


async def list_requests(call: Call) -> RequestsPage:
    query: RequestsQuery = call.query
    if not call.viewer.can("operations"):
        raise Forbidden(phrase("Your role does not include this."))
    row = await service.get(call.conn, call.path["slug"])
    page = await store.listed(
        call.conn,
        row.id,
        message_id=query.message_id,
        failed=query.failed,
        after=query.after,
        limit=query.limit,
    )
    return RequestsPage(items=[_request(call, one) for one in page.items], next=page.next)


def _request(call: Call, one: store.Kept) -> RequestOut:
    shown = RequestOut(**asdict(one))
    hides = one.is_fine and "conversations" not in call.readable
    return replace(shown, sent="", answer="") if hides else shown


async def get_silence(call: Call) -> SilenceOut:
    row = await service.get(call.conn, call.path["slug"])
    return _silence(await silence_rule_store.get(call.conn, row.id))


async def put_silence(call: Call) -> SilenceOut:
    body: NewSilence = call.body
    row = await service.get(call.conn, call.path["slug"])
    opens, closes = silence_rules.read_hours(body.hours)
    rule = SilenceRule(
        after_hours=body.after_hours, opens=opens, closes=closes, days=body.days, zone=body.zone
    )
    await silence_rules.put(call.conn, row.id, rule)
    call.publish([Change(kind="channel", channel_id=row.id)])
    return _silence(await silence_rule_store.get(call.conn, row.id))


async def drop_silence(call: Call) -> None:
    row = await service.get(call.conn, call.path["slug"])
    await silence_rules.drop(call.conn, row.id)
    call.publish([Change(kind="channel", channel_id=row.id)])


def _silence(rule: SilenceRule | None) -> SilenceOut:
    if rule is None:
        return SilenceOut(after_hours=None, hours="", days=[], zone="")
    return SilenceOut(after_hours=rule.after_hours, hours=rule.hours, days=sorted(rule.days), zone=rule.zone)


async def list_alarms(call: Call) -> AlarmList:
    query: AlarmsQuery = call.query
    shown = [_alarm(one) for one in await alarms.current(call.conn)]
    return AlarmList(items=[one for one in shown if query.state in (None, one.state)])


async def dismiss_alarm(call: Call) -> None:
    await alarms.dismiss(call.conn, call.path["kind"], call.path["subject"])


async def reopen_alarm(call: Call) -> None:
    await alarms.dismiss(call.conn, call.path["kind"], call.path["subject"], is_dismissed=False)


def _alarm(one: Alarm) -> AlarmOut:
    return AlarmOut(
        kind=one.kind,
        subject=one.subject,
        sentence=one.sentence,
        since=one.since,
        state="open" if one.is_open else "dismissed",
        dismissed_at=one.dismissed_at,
    )


CHANNEL = "/channels/{slug}"
ALARM = "/alarms/{kind}/{subject}/dismissal"
_of_channels: Any = endpoints_of("channels")
_of_alarms: Any = endpoints_of("alarms")
ENDPOINTS = (
    _of_channels(
        "GET",
        f"{CHANNEL}/requests",
        "What it asked its provider lately",
        list_requests,
        query=RequestsQuery,
        returns=RequestsPage,
    ),
    _of_channels("GET", f"{CHANNEL}/silence", "Its silence alarm", get_silence, returns=SilenceOut),
    _of_channels(
        "PUT", f"{CHANNEL}/silence", "Set its silence alarm", put_silence, body=NewSilence, returns=SilenceOut
    ),
    _of_channels("DELETE", f"{CHANNEL}/silence", "Leave it to its own history", drop_silence),
    _of_alarms("GET", "/alarms", "What is wrong now", list_alarms, query=AlarmsQuery, returns=AlarmList),
    _of_alarms("POST", ALARM, "Take note of an alarm", dismiss_alarm),
    _of_alarms("DELETE", ALARM, "Let it stand open again", reopen_alarm),
)
