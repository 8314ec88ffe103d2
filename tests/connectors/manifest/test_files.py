"""Files come back with credentials for the right host only."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.conformance.server import HANG_UP, Provider
from connectors.contract import (
    Attachment,
    Context,
    CredentialsDead,
    Refused,
    SendError,
    TryAgain,
)
from connectors.manifest.load import parse_manifest
from connectors.manifest.problems import ManifestInvalid
from hub.http import HttpClient
from tests.connectors.manifest.asking import SENDING, context
from tests.connectors.manifest.samples import HEAD, channel, made

FILES = (
    SENDING
    + """
files:
  lookup: {url: "/file/{{ ref|segment }}"}
  url: body.url
  hosts: ["{{ settings.base|host }}", "*.cdn.example"]
  headers: {X-Key: "{{ settings.key }}"}
"""
)


async def test_a_file_by_its_id(provider: Provider, client: HttpClient) -> None:
    provider.will_answer(
        {"status": 200, "body": {"url": provider.base + "/content"}}, {"status": 200, "body": "bytes"}
    )
    file = Attachment(name="a", ref="f/1")
    assert await made(FILES).fetch(file, context(provider, client)) == b"bytes"
    assert [r["path"] for r in provider.requests] == ["/file/f%2F1", "/content"]
    assert [r["headers"].get("x-key") for r in provider.requests] == ["k3y-of-sample"] * 2


async def test_credentials_do_not_go_to_an_address_from_outside(
    provider: Provider, client: HttpClient
) -> None:
    provider.will_answer({"status": 200, "body": "bytes"})
    elsewhere = context(provider, client, base="http://api.sample.example")
    assert await made(FILES).fetch(Attachment(name="a", url=provider.base + "/x"), elsewhere) == b"bytes"
    assert "x-key" not in provider.requests[0]["headers"]


async def test_files_inside_the_own_network_are_not_fetched(provider: Provider, client: HttpClient) -> None:
    given = channel(base=provider.base)
    inside = Context(channel=given, http=client.for_channel(given))
    with pytest.raises(Refused, match="own network"):
        await made(FILES).fetch(Attachment(name="a", url=provider.base + "/x"), inside)
    assert not provider.requests


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ([{"status": 404}], Refused),
        ([{"status": 401}], CredentialsDead),
        ([{"status": 200, "body": {}}], Refused),
        ([{"status": 503}], TryAgain),
        ([HANG_UP], TryAgain),
        (["url", {"status": 404}], TryAgain),
        (["url", {"status": 403}], CredentialsDead),
        (["url", {"status": 410}], Refused),
        (["url", HANG_UP], TryAgain),
    ],
)
async def test_files_that_do_not_come(
    provider: Provider, client: HttpClient, answers: list[Any], raised: type[SendError]
) -> None:
    found = {"status": 200, "body": {"url": provider.base + "/content"}}
    provider.will_answer(*(found if answer == "url" else answer for answer in answers))
    with pytest.raises(raised):
        await made(FILES).fetch(Attachment(name="a", ref="1"), context(provider, client))


def test_headers_for_any_address_are_a_fault() -> None:
    text = HEAD + SENDING + "files: {headers: {X-Key: '{{ settings.key }}'}}\n"
    with pytest.raises(ManifestInvalid, match="hosts"):
        parse_manifest(text, source="m")
