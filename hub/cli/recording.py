"""Inputs of the journal as fixtures, and what a connector makes of inputs and fixtures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.exact import write_refused, write_signed
from hub.cli.session import whisper, with_pool
from hub.problem import Problem

if TYPE_CHECKING:
    from connectors.contract import Connector, RawInput
    from hub.database import Pool
    from hub.settings import Settings
    from inbox.channels.model import LiveChannel

LOOK_EVERY = 0.5
BATCH = 100


def record(
    channel: str,
    *,
    count: int,
    to: Path | None,
    wait: bool,
    refused: bool = False,
    signed: bool = False,
    with_secret: bool = False,
) -> list[Path]:
    """Write the newest inputs of a channel, or the next ones, as fixtures; returns the files."""

    async def run(pool: Pool, settings: Settings) -> tuple[LiveChannel, list[tuple[int, RawInput]]]:
        live = await _live(pool, settings, channel)
        newest = _refused if refused else _newest
        inputs = await (_coming(pool, live, count, newest) if wait else newest(pool, live, count))
        return live, inputs

    if refused and to is None:
        raise click.UsageError("Say where: --to FOLDER. Refused requests are written with what people wrote.")
    live, inputs = with_pool(run)
    if not inputs and refused:
        raise Problem(f"The door of {channel} refused nothing within a day.")
    if not inputs:
        raise Problem(f"Nothing has come in on {channel} yet: send something, or say --wait.")
    place = to or _place_of(live.connector.spec.id)
    if any(raw.transport not in ("http", "local", "poll") for _, raw in inputs):
        raise Problem(
            f"Mail is not recorded this way: `hub quarantine show {inputs[-1][0]} --raw` writes one as it came."
        )
    if refused:
        return write_refused(inputs, place)
    if signed or with_secret:
        return write_signed(live, inputs, place, outcome=_outcome, named=_named, with_secret=with_secret)
    return _write(live, inputs, place)


def replay_channel(channel: str, *, count: int) -> list[dict[str, Any]]:
    """What the connector makes of the newest inputs, oldest first."""

    async def run(pool: Pool, settings: Settings) -> list[dict[str, Any]]:
        live = await _live(pool, settings, channel)
        return [
            {
                "input": id_,
                "received_at": raw.received_at,
                "gives": _outcome(live.connector, raw, live.config),
            }
            for id_, raw in await _newest(pool, live, count)
        ]

    return with_pool(run)


def replay_fixture(path: Path, *, id_: str, keep: bool, extra: Path | None) -> dict[str, Any]:
    """What a fixture gives, and whether that is what is expected of it; `keep` makes it so."""
    from connectors.conformance import Failed, subject_of
    from connectors.conformance.fixtures import read_fixture, write_fixture
    from connectors.conformance.subjects import channel_for

    made = _owner(path, id_, extra)
    try:
        fixture = read_fixture(path)
        channel = subject_of(made, None).channel
    except Failed as error:
        raise Problem(f"{error}.") from None
    channel = replace(
        channel_for(made, **fixture.settings), region=fixture.region or channel.region, slug=channel.slug
    )
    gives = _outcome(made, fixture.raw, channel)
    if keep:
        write_fixture(path, fixture.raw, expected=gives, region=fixture.region)
        return {"fixture": str(path), "gives": gives}
    differs = gives != fixture.expected
    return {"fixture": str(path), "gives": gives} | (
        {"differs": True, "expected": fixture.expected} if differs else {}
    )


def _owner(path: Path, id_: str, extra: Path | None) -> Connector:
    """The connector a fixture belongs to: the one named, or that of the folder above `fixtures`."""
    from connectors.registry import scan
    from hub.cli.checking import connector_of

    if id_:
        found = scan(extra).connectors
        if id_ not in found:
            raise Problem(f"There is no connector “{id_}”. Known: {', '.join(sorted(found))}.")
        return found[id_]
    made, faults = connector_of(path.resolve().parent.parent)
    if made is None:
        raise Problem("\n".join([*faults, "Whose fixture it is can be said by --connector ID."]))
    return made


def _write(live: LiveChannel, inputs: list[tuple[int, RawInput]], to: Path) -> list[Path]:
    from connectors.conformance.fixtures import CAME, write_fixture
    from connectors.conformance.redaction import mask_for, redacted
    from connectors.conformance.subjects import channel_for

    mask = mask_for(live.connector, live.config, [raw for _, raw in inputs])
    made: list[Path] = []
    for id_, raw in inputs:
        bare = replace(redacted(raw, mask), received_at=CAME, key=None)
        channel = replace(channel_for(live.connector), region=live.config.region or "US")
        gives = _outcome(live.connector, bare, channel)
        path = to / f"{_named(gives)}_{id_}.json"
        write_fixture(path, bare, expected=gives, region=channel.region)
        made.append(path)
    return made


def _named(gives: Any) -> str:
    """A name for the condition."""
    if isinstance(gives, dict):
        return "malformed" if "malformed" in gives else "unsupported"
    first: dict[str, Any] = gives[0] if gives else {}
    words = {"InboundMessage": "message", "CallStep": "call", "Receipt": "receipt", "Presence": "presence"}
    kind = words.get(str(first.get("event")), "ignored")
    return "_".join(filter(None, (kind, str(first.get("step") or first.get("state") or ""))))


def _place_of(id_: str) -> Path:
    """The connector's own fixtures. Raises Problem for a bundled one: those belong to the product."""
    from connectors.registry import BUNDLED, scan
    from hub.cli.session import read_settings

    folder = scan(read_settings().connectors_dir).folders.get(id_)
    if folder is None or folder.parent == BUNDLED:
        raise Problem(f"The fixtures of {id_} come with the hub: say --to FOLDER for yours.")
    return folder / "fixtures"


def _outcome(made: Connector, raw: RawInput, channel: Any) -> Any:
    from connectors.conformance.telling import outcome_of

    try:
        return outcome_of(lambda: made.parse(raw, channel))
    except Exception as error:  # a parser's bug is what one replays for
        return {"failed": f"{type(error).__name__}: {error}"}


async def _live(pool: Pool, settings: Settings, slug: str) -> LiveChannel:
    from hub.crypto import Cipher
    from hub.runtime import registry_of
    from inbox.channels import service
    from inbox.channels.directory import Directory

    async with pool.acquire() as conn:
        await service.get(conn, slug)
    directory = Directory(
        pool, registry_of(settings), Cipher(settings.secret_key), public_url=settings.public_url, region=settings.region
    )  # fmt: skip
    await directory.refresh()
    live = directory.by_slug(slug)
    if live is None:
        raise Problem("Its connector is not installed; see `hub connector list`.")
    return live


async def _newest(pool: Pool, live: LiveChannel, count: int, *, after: int = 0) -> list[tuple[int, RawInput]]:
    """The newest inputs beyond `after`, oldest first."""
    from inbox import quarantine as journal
    from inbox.process.parse import raw_of

    async with pool.acquire() as conn:
        page = await journal.list_journal(conn, channel_id=live.id, limit=count)
        entries = [await journal.show(conn, row.id) for row in page.items if row.id > after]
    return [
        (
            entry.row.id,
            raw_of(
                transport=entry.row.transport, body=entry.body, received_at=entry.row.received_at,
                key=entry.key, meta=entry.meta,
            ),
        )
        for entry in reversed(entries)
    ]  # fmt: skip


async def _refused(
    pool: Pool, live: LiveChannel, count: int, *, after: int = 0
) -> list[tuple[int, RawInput]]:
    """The newest requests beyond `after` that the door refused, oldest first."""
    from inbox.intake import refused
    from inbox.process.parse import raw_of

    async with pool.acquire() as conn:
        found = await refused.requests(conn, live.id, limit=count, after=after)
    for one in found:
        whisper(f"{one.id}: {one.status}. {one.reason}")
    return [
        (
            one.id,
            raw_of(transport="http", body=one.body, received_at=one.at, key=None, meta=one.meta),
        )
        for one in reversed(found)
    ]


async def _coming(
    pool: Pool, live: LiveChannel, count: int, read: Callable[..., Awaitable[list[tuple[int, RawInput]]]]
) -> list[tuple[int, RawInput]]:
    """Wait for new inputs, telling how many there are, and what is refused meanwhile."""
    newest, refusals = await read(pool, live, 1), await _refused(pool, live, 1)
    after, no = newest[0][0] if newest else 0, refusals[-1][0] if refusals else 0
    whisper(f"Waiting for {count} new on /in/{live.row.slug}; Ctrl+C ends it.")
    told = 0
    while True:
        inputs = await read(pool, live, BATCH, after=after)
        if read is not _refused and (refusals := await _refused(pool, live, BATCH, after=no)):
            no = refusals[-1][0]
            whisper("The door refused it: `hub connector record --refused --to FOLDER` writes it down.")
        if len(inputs) > told:
            told = len(inputs)
            click.echo(f"{min(told, count)} of {count}", err=True)
        if told >= count:
            return inputs[:count]
        await asyncio.sleep(LOOK_EVERY)
