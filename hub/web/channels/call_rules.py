"""What a line does with a call: a word to whoever rang in vain, how long recordings are kept, where callers come from."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web.context import form, runtime, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.render import see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, gettext
from inbox.calls import number_source_store, number_sources, rule_store, rules
from inbox.calls.rule_store import CallRule
from inbox.calls.rules import TEXT_LENGTH
from inbox.channels import service
from inbox.channels.model import Channel
from values.errors import Invalid, NotFound

WHEN = (("open", N_("While you are open")), ("closed", N_("Outside working hours")))

TEXTS = tuple(f"text_{language}_{when}" for language in LANGUAGES for when, _ in WHEN)
BLANK = dict.fromkeys(("via", "once_hours", "recording_days", "sources", *TEXTS), "")


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        row = _line(request, await service.get(conn, request.match_info["slug"]))
        rule = await rule_store.get(conn, row.id)
        sources = number_sources.written(await number_source_store.of_line(conn, row.id))
    values = {**BLANK, **_shown(request, rule), "sources": sources}
    return _page(request, row, Form(given=values), saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """Put it in force for the calls from now on; shorter keeping deletes at once what is older."""
    fields = await form(request)
    async with transaction(request) as conn:
        row = _line(request, await service.get(conn, request.match_info["slug"]))
    try:
        rule = _rule(request, row, fields)
        sources = number_sources.read(fields.get("sources", ""), region=_region(request, row))
        async with transaction(request) as conn:
            await rules.save(conn, rule, runtime(request).directory)
            await number_source_store.save(conn, row.id, sources)
            await audit.record(
                conn,
                "channel.calls_changed",
                user_id=user(request).id,
                peer=peer(request),
                target=row.slug,
                data={"writes": rule.via_id is not None, "recording_days": rule.recording_days},
            )
    except REFUSALS as error:
        return _page(request, row, refused(error, fields, BLANK))
    return see_other(request, f"/channels/{row.slug}/calls?saved=1")


def _page(
    request: web.Request,
    row: Channel,
    form: Form,
    *,
    saved: str = "",
) -> web.Response:
    carriers = rules.carriers(runtime(request).directory)
    return form_page(
        request,
        "channels/channel_calls.html",
        form,
        row=row,
        vias=[("", gettext("Nothing is written")), *((live.row.slug, live.row.name) for live in carriers)],
        languages=LANGUAGES.items(),
        whens=WHEN,
        saved=saved,
    )


def _line(request: web.Request, row: Channel) -> Channel:
    connector = runtime(request).registry.get(row.connector)
    if connector is None or not connector.spec.abilities.calls:
        raise NotFound(N_("This channel has no calls."))
    return row


def _region(request: web.Request, row: Channel) -> str:
    live = runtime(request).directory.by_id(row.id)
    return live.config.region if live else runtime(request).settings.region


def _shown(request: web.Request, rule: CallRule) -> dict[str, str]:
    via = runtime(request).directory.by_id(rule.via_id) if rule.via_id else None
    texts = {
        f"text_{language}_{when}": text for language, one in rule.texts.items() for when, text in one.items()
    }
    return {
        **texts,
        "via": via.row.slug if via else "",
        "once_hours": str(rule.once_hours),
        "recording_days": str(rule.recording_days or ""),
    }


def _rule(request: web.Request, row: Channel, fields: Mapping[str, str]) -> CallRule:
    """What was typed. Raises Invalid."""
    slug = fields.get("via", "")
    via = runtime(request).directory.by_slug(slug) if slug else None
    if slug and via is None:
        raise Invalid(N_("Choose a channel that can write to people."), field="via")
    texts: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for when, _ in WHEN:
            if text := _text(fields, f"text_{language}_{when}"):
                texts.setdefault(language, {})[when] = text
    return CallRule(
        channel_id=row.id,
        via_id=via.id if via else None,
        texts=texts,
        once_hours=_number(fields, "once_hours", N_("Hours are a number from 1 to 2160."), empty=24),
        recording_days=_number(fields, "recording_days", N_("Days are a number from 0 to 3660."), empty=0),
    )


def _text(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").replace("\r\n", "\n").strip()
    if "\0" in text:
        raise Invalid(N_("This contains a character that cannot be stored."), field=name)
    if len(text) > TEXT_LENGTH:
        raise Invalid(N_("A text has at most 1000 characters."), field=name)
    return text


def _number(fields: Mapping[str, str], name: str, sentence: str, *, empty: int) -> int:
    return read.whole(fields, name, sentence, maximum=999_999, empty=empty)
