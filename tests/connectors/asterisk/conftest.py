"""An AMI server and what the platform lends a connector."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.contract import ChannelConfig, Context
from hub.http import HttpClient
from tests.connectors.telegram.conftest import Journal
from tests.servers.asterisk import SECRET, USER, AmiServer, ami_server


@pytest.fixture
async def server() -> AsyncIterator[AmiServer]:
    async with ami_server() as running:
        yield running


@pytest.fixture
def channel(server: AmiServer) -> ChannelConfig:
    settings = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": USER,
        "secret": SECRET,
        "telephone": "PJSIP/{extension}",
        "context": "from-internal",
    }
    return ChannelConfig(id=1, slug="pbx", name="PBX", settings=settings, region="US")


@pytest.fixture
async def context(channel: ChannelConfig) -> AsyncIterator[Context]:
    client = HttpClient()
    yield Context(channel=channel, http=client.for_channel(channel))
    await client.close()


@pytest.fixture
def journal(context: Context) -> Journal:
    return Journal(channel=context.channel, http=context.http)
