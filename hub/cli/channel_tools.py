"""What `hub channel` does behind its words: settings as they are typed, a channel asked, a channel shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
import orjson

if TYPE_CHECKING:
    from connectors.contract import ConnectorSpec, Health
    from hub.database import Pool
    from hub.settings import Settings
    from inbox.channels.model import Channel
    from inbox.intake.refused import Refusals


def parsed(given: tuple[str, ...]) -> dict[str, Any]:
    """`name=value` pairs; a value that is JSON is read as JSON."""
    settings: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--set takes NAME=VALUE, not “{pair}”.")
        settings[name] = _value(name, value)
    return settings


def _value(name: str, text: str) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or (is_number and "port" not in name):
        return text
    return value


def change(slug: str, *, given: dict[str, Any], name: str) -> None:
    """Change what is given; the rest stays, what waits for new credentials goes out."""
    from hub.cli.session import with_pool

    async def run(pool: Pool, settings: Settings) -> None:
        from hub.crypto import Cipher
        from hub.runtime import registry_of
        from inbox.channels import service

        async with pool.acquire() as conn, conn.transaction():
            await service.update(
                conn,
                registry_of(settings),
                Cipher(settings.secret_key),
                slug,
                name=name or None,
                settings=given or None,
            )

    with_pool(run)


async def detect(settings: Settings, connector: str, known: dict[str, Any]) -> Any:
    """Settings that a connector finds by what is known."""
    from connectors.contract import ChannelConfig, Detecting
    from hub.http import HttpClient
    from hub.runtime import registry_of

    found = registry_of(settings).get(connector)
    if not isinstance(found, Detecting):
        raise click.ClickException("This connector finds no settings by itself.")
    http = HttpClient()
    try:
        return await found.detect(
            known, http.for_channel(ChannelConfig(id=0, slug="", name="", settings=known))
        )
    finally:
        await http.close()


async def probe(pool: Pool, settings: Settings, slug: str, *, rehearse: bool = False) -> Health:
    """What the provider says now; kept as the channel's state."""
    from connectors.contract import Context, SelfTest
    from hub.crypto import Cipher
    from hub.http import HttpClient
    from hub.provider_tokens.service import TokenStore
    from hub.runtime import registry_of
    from inbox.channels import service
    from inbox.channels.directory import Directory
    from inbox.exchanges.service import Exchanges

    directory = Directory(
        pool,
        registry_of(settings),
        Cipher(settings.secret_key),
        public_url=settings.public_url,
        region=settings.region,
    )
    await directory.refresh()
    async with pool.acquire() as conn:
        await service.get(conn, slug)
    live = directory.by_slug(slug)
    if live is None:
        raise click.ClickException("Its connector is not installed; see `hub connector list`.")
    store = TokenStore(pool, Cipher(settings.secret_key))
    keep = timedelta(hours=settings.request_log_hours)
    noted = Exchanges(pool, keep=keep, learnt=store.secrets_of)
    http = HttpClient(note=noted.note)
    try:
        tokens = store.of(live.id)
        client = http.for_channel(live.config, secrets=live.secrets)
        context = Context(channel=live.config, http=client, tokens=tokens)
        health = await _asked(live.connector.probe(context))
        if rehearse and health.state.value == "connected" and isinstance(live.connector, SelfTest):
            health = await _asked(live.connector.rehearse(context)) or health
        async with pool.acquire() as conn, conn.transaction():
            await service.report(conn, live.id, health)
        return health
    finally:
        await http.close()
        await noted.stop()


async def _asked(asking: Any) -> Any:
    from connectors.contract import Health, State

    try:
        return await asyncio.wait_for(asking, 60)
    except TimeoutError:
        return Health(
            state=State.TRANSIENT,
            sentence="No answer within a minute.",
            remedy="Check the address and the port, and whether a firewall is in between.",
        )


def shown(health: Health) -> str:
    """One line on how a channel is."""
    return " ".join(filter(None, (f"{health.state.value}:", health.sentence, health.remedy)))


def plain(row: Channel, spec: ConnectorSpec | None) -> dict[str, Any]:
    """A channel for scripts; secrets are masked, and what its connector does not know."""
    from inbox.channels.secrets import masked

    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "connector": row.connector,
        "state": row.state,
        "sentence": row.sentence,
        "remedy": row.remedy,
        "alarm": row.alarm,
        "is_paused": row.is_paused,
        "last_in_at": row.last_in_at,
        "last_out_at": row.last_out_at,
        "settings": masked(row.settings, spec),
    }


def refusal(one: Refusals) -> dict[str, Any]:
    """What a door refused for one reason in the last day."""
    return {
        "n": one.n,
        "status": one.status,
        "reason": one.reason,
        "since": one.since,
        "last_at": one.last_at,
    }


def setting_rows(spec: ConnectorSpec) -> list[dict[str, Any]]:
    """The settings of a connector as they are given with --set."""
    return [
        {
            "name": setting.name,
            "label": setting.label,
            "type": setting.type,
            "required": setting.required,
            "default": setting.default,
            "choices": list(setting.choices),
            "help": setting.help,
        }
        for setting in spec.settings
    ]
