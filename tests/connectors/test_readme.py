"""The manual of the manifest language: its example works, and it names everything there is."""

from __future__ import annotations

import asyncio
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors import contract
from connectors.conformance import Subject, subject_of
from connectors.conformance.run import CHECKS, run_one
from connectors.conformance.server import scripted
from connectors.contract import ChannelConfig, Context, Handle, Health, Outbound, OutboundFile, RawInput
from connectors.manifest import card, gate, incoming, load, names, outgoing, profiles
from connectors.manifest.build import connector_of
from connectors.manifest.filters import FILTERS
from connectors.manifest.functions import Functions
from connectors.manifest.load import parse_manifest
from connectors.manifest.values import FORMATS
from connectors.signing import ALGORITHMS, ENCODINGS
from hub.cli.scaffold import write
from hub.http import HttpClient

FUNCTIONS = [name.removeprefix("_func_") for name in vars(Functions) if name.startswith("_func_")]
README = (Path(contract.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0]
REFERENCE = README.partition("## The manifest")[2].partition("## In code")[0]
TERMS = {
    *load.TOP, *card.SETTING_KEYS, *card.SETTING_TYPES, *gate.CHECK_KEYS, *ALGORITHMS, *ENCODINGS, *FORMATS,
    *incoming.FIELD, *incoming.SOURCE, *load.RECEIVE, "like", "zone", *FUNCTIONS,
    *incoming.PERSON, *incoming.ATTACHMENT, *incoming.KINDS, *outgoing.REQUEST_KEYS, *outgoing.LISTS,
    *names.MESSAGE, *names.ANSWER, *names.REPLY, *names.EVENT, *names.ITEM, *names.FILE, *names.REF,
    *(name for kind in incoming.KINDS.values() for name in kind),
    *(word for words in incoming.WORDS.values() for word in words),
    *(field.name for field in fields(contract.Abilities)), "upload", "upload_id", "for_each", "make", "lookup", "hosts",
    *profiles.PROFILE, "steps", "take", "taken", "early", "lasts", "expired", "every", "cursor", "start", "more", "events",
    "state", "remove", "within", "once", "trusted_hosts", "token", "ticket", "body", "picture", "file.url",
}  # fmt: skip


@pytest.mark.parametrize("term", sorted(TERMS | set(FILTERS)))
def test_the_reference_names_it(term: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){re.escape(term)}(?![\w-])[^`\n]*`", REFERENCE), term


def example(folder: Path) -> Subject:
    """The example with the fixtures that `hub connector new` writes, which are of the same provider."""
    write(folder, id_="acme_sms", title="Acme SMS")
    return subject_of(connector_of(parse_manifest(EXAMPLE, source="README.md")), folder / "acme_sms")


@pytest.mark.parametrize("check", [name for name, _, _ in CHECKS])
async def test_the_example_keeps_every_promise(check: str, tmp_path: Path) -> None:
    subject, http = example(tmp_path), HttpClient()
    try:
        result = await run_one(check, subject, http.for_channel(subject.channel))
    finally:
        await http.close()
    assert result.verdict != "failed", result.detail


BEYOND = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[1:]
HEAD = """id: beyond
title: Beyond
handle_kind: beyond
settings:
  client_id: {}
  client_secret: {type: secret}
  api_base: {}
  zone: {}
verify: none
outcomes: {ok: "status == `200` && body.id", external_id: body.id}
probe: {request: {url: /me}, ok: body.me}
"""


class Link:
    """What the platform lends a receiver, in memory."""

    def __init__(self, context: Context) -> None:
        self.channel, self.http, self.tokens = context.channel, context.http, context.tokens
        self.kept: dict[str, Any] = {}
        self.taken: list[RawInput] = []
        self.heard = asyncio.Event()

    async def accept(self, inputs: Any, *, checkpoint: Any = None, name: str = "") -> None:
        self.taken += inputs
        self.kept = dict(checkpoint)

    async def checkpoint(self, name: str = "") -> Any:
        return self.kept

    async def report(self, health: Health) -> None:
        assert health.state == "connected", health
        self.heard.set()


async def test_the_parts_beyond_one_request_work_together() -> None:
    connector: Any = connector_of(parse_manifest(HEAD + "\n".join(BEYOND), source="README.md"))
    client = HttpClient()
    async with scripted() as provider:
        settings = {
            "api_base": provider.base, "client_id": "c", "client_secret": "very-secret", "zone": "Asia/Phnom_Penh",
            "trusted_hosts": "127.0.0.1",
        }  # fmt: skip
        channel = ChannelConfig(id=1, slug="b", name="B", settings=settings, public_url="https://hub.example")
        context = Context(channel=channel, http=client.for_channel(channel))
        token = {"body": {"access_token": "T-1", "expires_in": 3600}}
        update = {
            "id": "m1", "user": "u-7", "at": "05.01.2026 09:00:00", "text": "order A-15 &lt;3", "reply_token": "r-9",
        }  # fmt: skip
        provider.will_answer(token, {"body": {"updates": [update, {"kind": "overflow"}], "next": 5}})
        link = Link(context)
        running = asyncio.create_task(connector.run(link))
        await asyncio.wait_for(link.heard.wait(), 60)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert link.kept == {"value": 5}
        [message, alarm] = connector.parse(link.taken[0], channel)
        assert (message.text, message.references, message.at.hour) == ("order A-15 <3", ("A-15",), 2)
        assert (message.ticket.fields, alarm.reason[:16]) == ({"token": "r-9"}, "The provider lef")
        assert provider.requests[1]["path"] == "/updates?after=0"
        assert provider.requests[1]["headers"]["authorization"] == "Bearer T-1"

        over = {"status": 400, "body": {"code": "token_expired"}}
        fresh = {"body": {"access_token": "T-2"}}
        provider.will_answer(over, fresh, {"body": {"id": "1"}})
        to = Handle(kind="beyond", value="u-7")
        await connector.send(
            Outbound(delivery_id="d", to=to, text="Hi", ticket=message.ticket.fields), context
        )
        assert [one["path"] for one in provider.requests] == ["/reply", "/oauth/token", "/reply"]
        assert provider.requests[2]["headers"]["authorization"] == "Bearer T-2"
        assert provider.requests[1]["form"]["client_secret"] == "very-secret"

        where = {"body": {"upload_url": f"{provider.base}/put", "file_id": "f1"}}
        provider.will_answer({"body": {"id": "2"}}, where, {"status": 201}, {"body": {"id": "3"}})
        file = OutboundFile(name="a.pdf", mime="application/pdf", content=b"%PDF")
        await connector.send(Outbound(delivery_id="d", to=to, text="Here", files=(file,)), context)
        text, _, put, last = provider.requests
        assert text["json"] == {"to": "u-7", "text": "Here"}
        assert (put["method"], put["raw"], "authorization" in put["headers"]) == ("PUT", b"%PDF", False)
        assert last["json"] == {"to": "u-7", "file_id": "f1"}

        door = "https://hub.example/in/b"
        provider.will_answer({"body": {"url": ""}}, {"body": {}}, {"body": {"url": door}})
        assert (await connector.connect(context)).state == "connected"
        provider.will_answer({"body": {"display_name": "Ann", "avatar_url": "https://x/y", "locale": "km"}})
        profile = await connector.profile(to, context)
        assert (profile.name, profile.picture, profile.language) == ("Ann", "https://x/y", "km")
    await client.close()


def test_what_it_shows_as_json_is_json() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        assert orjson.loads(block)
