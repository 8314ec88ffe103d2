"""A scripted provider, a channel that may ask it, and what is wrong with a manifest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from connectors.conformance.server import Provider, scripted
from connectors.contract import (
    Context,
    Handle,
    Outbound,
)
from connectors.manifest.load import parse_manifest
from connectors.manifest.problems import ManifestInvalid
from hub.http import HttpClient
from tests.connectors.manifest.samples import HEAD, channel

API = 'api: {base: "{{ settings.base }}", headers: {X-Key: "{{ settings.key }}"}}\n'
TAKES = "receive: {cases: [{message: {id: body.id, sender: body.from, text: body.text}}]}\n"
OUTCOMES = "outcomes: {ok: 'status == `200` && body.id', external_id: body.id, reason: body.why}\n"


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    async with scripted() as one:
        yield one


@pytest_asyncio.fixture
async def client() -> AsyncIterator[HttpClient]:
    one = HttpClient()
    yield one
    await one.close()


@pytest_asyncio.fixture
async def context(provider: Provider, client: HttpClient) -> Context:
    at = channel(base=provider.base, trusted_hosts="127.0.0.1")
    return Context(channel=at, http=client.for_channel(at))


def faults(text: str) -> list[str]:
    with pytest.raises(ManifestInvalid) as caught:
        parse_manifest(HEAD + text, source="m")
    return [f"{p.line}:{p.column} {p.what} {p.remedy}" for p in caught.value.problems]


def outbound(text: str = "", **fields: Any) -> Outbound:
    return Outbound(delivery_id="d", to=Handle(kind="phone", value="+12025550123"), text=text, **fields)
