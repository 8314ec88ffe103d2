"""Connecting a channel and changing one: the form, a test of what was typed, and saving."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from connectors.contract import ConnectorSpec, Detected, Health
from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web.channels import beside, detecting, probing, refused, silence
from hub.web.channels import listing as channels
from hub.web.channels import versions as channel_versions
from hub.web.channels.doors import snippets
from hub.web.channels.fields import fields_of, missing_secrets, settings_of
from hub.web.context import form, is_fragment, runtime, transaction, user
from hub.web.forms import Form
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, gettext
from inbox.channels import service, silence_rule_store
from inbox.channels.checking import asked_anew
from inbox.channels.model import Channel
from inbox.channels.secrets import moved, seal
from inbox.exchanges import store as exchange_store
from inbox.operations import store as operations
from values.errors import Conflict, Invalid, NotFound


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the form holds: the channel as it would be, and what is wrong with it."""

    row: Channel
    spec: ConnectorSpec
    typed: Mapping[str, str] | None = None
    stored: Mapping[str, Any]
    problems: dict[str, str]
    health: Health | None = None
    found: Detected | None = None

    @property
    def is_new(self) -> bool:
        return self.row.id == 0


async def new(request: web.Request) -> web.StreamResponse:
    spec = _spec(request, request.match_info["connector"])
    row = await _blank(request, spec)
    return _show(request, Draft(row=row, spec=spec, stored={}, problems={}))


async def create(request: web.Request) -> web.StreamResponse:
    """Test what was typed; save when the test is good, or when asked to save anyway."""
    fields = await form(request)
    spec = _spec(request, request.match_info["connector"])
    if _is_search(request, spec, fields):
        return _show(request, await _searched(request, await _blank(request, spec), spec, fields))
    draft = _read(request, await _blank(request, spec), spec, fields)
    if not await _is_to_be_saved(request, draft, fields):
        return _show(request, draft)
    try:
        async with transaction(request) as conn:
            row = await service.create(
                conn,
                runtime(request).registry,
                runtime(request).cipher,
                slug=draft.row.slug,
                name=draft.row.name,
                connector=spec.id,
                settings=settings_of(spec, fields)[0],
                region=draft.row.region,
                language=draft.row.language,
                bot=draft.row.bot,
            )
            await _keep(conn, request, row, draft, "channel.created")
    except (Invalid, Conflict) as error:
        return _refused(request, draft, error)
    await probing.register(runtime(request), row)
    await channels.changed(request, row)
    return see_other(request, f"/channels/{row.slug}?saved=new")


async def show(request: web.Request) -> web.StreamResponse:
    """One channel: its state, its door, its settings, its log and its ledger."""
    async with transaction(request) as conn:
        row = await service.get(conn, request.match_info["slug"])
    connector = runtime(request).registry.get(row.connector)
    spec = (
        connector.spec if connector else ConnectorSpec(id=row.connector, title=row.connector, handle_kind="")
    )
    return await _one(request, Draft(row=row, spec=spec, stored=row.settings, problems={}))


async def told(
    request: web.Request, row: Channel, *, health: Health | None = None, quiet: Form | None = None
) -> web.StreamResponse:
    """The channel's page with a word on what was just tried, or its alarm's form as it was refused; nothing is changed by it."""
    spec = _spec(request, row.connector)
    draft = Draft(row=row, spec=spec, stored=row.settings, problems={}, health=health)
    return await _one(request, draft, quiet)


async def save(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    async with transaction(request) as conn:
        before = await service.get(conn, request.match_info["slug"])
    spec = _spec(request, before.connector)
    if _is_search(request, spec, fields):
        return await _one(request, await _searched(request, before, spec, fields))
    draft = _read(request, before, spec, fields)
    if not await _is_to_be_saved(request, draft, fields):
        return await _one(request, draft)
    try:
        async with transaction(request) as conn:
            await channel_versions.check(conn, before, spec, fields)
            row = await service.update(
                conn,
                runtime(request).registry,
                runtime(request).cipher,
                before.slug,
                name=draft.row.name,
                settings=settings_of(spec, fields)[0],
                whole=True,
                region=draft.row.region,
                language=draft.row.language,
                bot=draft.row.bot,
            )
            await _keep(conn, request, row, draft, "channel.changed")
    except (Invalid, Conflict) as error:
        draft.problems |= channel_versions.told(error, fields)
        return await _one(request, draft)
    await probing.register(runtime(request), row)
    await channels.changed(request, row)
    return see_other(request, f"/channels/{row.slug}?saved=1")


async def _keep(conn: Conn, request: web.Request, row: Channel, draft: Draft, action: str) -> None:
    if draft.health:
        await probing.report(conn, row, draft.health)
    names = sorted(name for name in row.settings if row.settings.get(name) != draft.stored.get(name))
    await audit.record(
        conn,
        action,
        user_id=user(request).id,
        peer=peer(request),
        target=row.slug,
        data={"connector": row.connector, "settings": names},
    )


async def _is_to_be_saved(request: web.Request, draft: Draft, fields: Mapping[str, str]) -> bool:
    """Whether to go on. A draft with problems never is; one whose test failed only when that is wanted."""
    if draft.problems:
        return False
    draft.health = await probing.probe(runtime(request), draft.row)
    is_trial = draft.is_new or fields.get("action") == "test"
    if draft.health.state in probing.GOOD and is_trial and fields.get("action") != "anyway":
        draft.health = await probing.rehearse(runtime(request), draft.row) or draft.health
    if fields.get("action") == "test":
        return False
    return draft.health.state in probing.GOOD or fields.get("action") == "anyway"


def _is_search(request: web.Request, spec: ConnectorSpec, fields: Mapping[str, str]) -> bool:
    return fields.get("action") == "detect" and detecting.can_detect(runtime(request), spec)


async def _searched(
    request: web.Request, before: Channel, spec: ConnectorSpec, fields: Mapping[str, str]
) -> Draft:
    """The form with the settings that could be found; what is still missing is not marked yet."""
    typed, found = await detecting.filled(runtime(request), spec, fields)
    draft = _read(request, before, spec, typed)
    draft.found, draft.problems = found, {}
    return draft


def _read(request: web.Request, before: Channel, spec: ConnectorSpec, fields: Mapping[str, str]) -> Draft:
    settings, problems = settings_of(spec, fields)
    problems |= missing_secrets(spec, settings, before.settings)
    sealed = seal(spec, settings, cipher=runtime(request).cipher, before=before.settings)
    for secret, _place in moved(spec, before.settings, sealed):
        problems.setdefault(secret.name, str(asked_anew(secret)))
    row = replace(
        before,
        name=fields.get("name", "").strip()[:100],
        region=fields.get("region", "").strip().upper(),
        language=fields.get("language", "") if fields.get("language") in LANGUAGES else before.language,
        bot=fields.get("bot") == "1",
        settings=sealed,
    )
    if not row.name:
        problems["name"] = N_("Enter a name for the channel.")
    if row.region and not re.fullmatch("[A-Z]{2}", row.region):
        problems["region"] = N_("Two letters, for example KH.")
    if before.id == 0:
        row = replace(row, slug=fields.get("slug", "").strip().lower() or _slug(row.name) or before.slug)
        if not service.SLUG.fullmatch(row.slug):
            problems["slug"] = N_("Small letters, digits, - and _; it begins with a letter or digit.")
    return Draft(row=row, spec=spec, typed=fields, stored=before.settings, problems=problems)


def _spec(request: web.Request, connector: str) -> ConnectorSpec:
    found = runtime(request).registry.get(connector)
    if found is None:
        raise NotFound(N_("This connector is not installed."))
    return found.spec


async def _blank(request: web.Request, spec: ConnectorSpec) -> Channel:
    """A new channel with a short name that is free."""
    async with transaction(request) as conn:
        taken = {row.slug for row in await service.list_channels(conn)}
    stem = _slug(spec.title) or "channel"
    slug = next(
        name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in taken
    )
    settings = runtime(request).settings
    return Channel(
        id=0,
        slug=slug,
        name=gettext(spec.title),
        connector=spec.id,
        region=settings.region,
        language=settings.language,
    )


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:40]


def _refused(request: web.Request, draft: Draft, error: Exception) -> web.Response:
    draft.problems[getattr(error, "field", "") or "slug"] = str(error)
    return _show(request, draft)


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "status": channel_versions.status_of(draft.problems),
        "draft": draft,
        "row": draft.row,
        "spec": draft.spec,
        "fields": fields_of(draft.spec, draft.stored, typed=draft.typed, problems=draft.problems),
        "problems": {name: gettext(text) for name, text in draft.problems.items()},
        "health": draft.health,
        "health_label": gettext(channels.STATES[draft.health.state.value]) if draft.health else "",
        "can_consent": _can_consent(draft.row),
        "is_good": bool(draft.health and draft.health.state in probing.GOOD),
    }


def _can_consent(row: Channel) -> bool:
    """Whether the owner of the account can be led to the provider's page, with what is saved."""
    is_token = row.settings.get("sign_in") in ("google", "microsoft", "oauth")
    return row.id != 0 and is_token and bool(row.settings.get("oauth_client_id"))


def _show(request: web.Request, draft: Draft) -> web.Response:
    template = (
        "channels/channel_fields.html"
        if is_fragment(request) and draft.typed is not None
        else "channels/channel_new.html"
    )
    return page(request, template, **_values(draft))


async def _one(request: web.Request, draft: Draft, quiet: Form | None = None) -> web.Response:
    if is_fragment(request) and draft.typed is not None:
        return page(request, "channels/channel_fields.html", **_values(draft))
    live = probing.live_of(runtime(request), draft.row)
    async with transaction(request) as conn:
        around = await beside.of(conn, draft.row)
        today = await operations.today(conn)
        no, kept = await refused.of_channel(conn, draft.row.id)
        quiet = quiet or silence.form_of(request, await silence_rule_store.get(conn, draft.row.id))
        asked, failed = await exchange_store.counts(conn, draft.row.id)
    return page(
        request,
        "channels/channel.html",
        shown=channels.shown_of(request, draft.row, today, no),
        kept=kept,
        asked=asked,
        failed=failed,
        quiet=quiet,
        quiet_days=silence.DAYS,
        snippets=snippets(live, runtime(request).settings) if live else [],
        is_installed=live is not None,
        saved=request.query.get("saved", ""),
        consent_back=runtime(request).settings.public_url.rstrip("/") + "/oauth/back",
        **around,
        **_values(draft) | ({"status": quiet.status} if quiet.problems else {}),
    )
