"""Servers found from an address: by the provider, its description, the DNS; against small real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.contract import ChannelConfig, Http
from connectors.email.setup import detect as ways
from connectors.email.setup.autoconfig import settings_in
from connectors.email.setup.detect import Ways, detect
from connectors.email.setup.probe import probe
from connectors.email.setup.providers import PROVIDERS
from connectors.email.spec import SPEC, Mailbox
from hub.http import HttpClient
from tests.servers.names import NameServer

PAGE = """<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x">
<incomingServer type="pop3"><hostname>pop.x.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>plain.x.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.x.example</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer></emailProvider></clientConfig>"""
DESCRIBED = {
    "imap_host": "imap.x.example",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_user": "ann",
    "smtp_host": "smtp.x.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": "ann@x.example",
}


@dataclass
class Net:
    """Pages by path, names, and a client that may go to loopback."""

    pages: dict[str, bytes]
    names: NameServer
    http: Http
    ways: Ways


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    pages: dict[str, bytes] = {}

    async def show(request: web.Request) -> web.Response:
        body = pages.get(request.path)
        return web.Response(body=body) if body else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{tail:.*}", show)
    site, names, client = TestServer(app), NameServer(), HttpClient()
    await site.start_server()
    resolver = await names.start()
    channel = ChannelConfig(id=0, slug="", name="", settings={"trusted_hosts": "127.0.0.1"})
    places = tuple(str(site.make_url("/")) + f"{n}/{{domain}}" for n in (1, 2))
    yield Net(pages, names, client.for_channel(channel), Ways(places, resolver))
    names.stop()
    await site.close()
    await client.close()


async def test_a_known_provider_needs_no_question(net: Net) -> None:
    found = await detect(" Shop@GMAIL.com ", net.http, net.ways)
    assert found.settings["imap_host"] == "imap.gmail.com"
    assert "app password" in found.remedy
    assert net.names.asked == []


async def test_the_providers_description(net: Net) -> None:
    net.pages["/2/x.example"] = PAGE.encode()
    found = await detect("ann@x.example", net.http, net.ways)
    assert (dict(found.settings), found.sentence) == (DESCRIBED, ways.ASKED)


async def test_names_in_the_dns(net: Net) -> None:
    net.names.records = {
        ("_imaps._tcp.x.example", "SRV"): ["20 1 993 backup.x.example.", "10 1 993 Mail.x.example."],
        ("_submissions._tcp.x.example", "SRV"): ["0 0 0 ."],
        ("_submission._tcp.x.example", "SRV"): ["10 1 587 mail.x.example."],
    }
    found = await detect("ann@x.example", net.http, net.ways)
    assert found.settings == {
        "imap_host": "mail.x.example",
        "imap_port": "993",
        "imap_security": "tls",
        "smtp_host": "mail.x.example",
        "smtp_port": "587",
        "smtp_security": "starttls",
    }


async def test_a_company_whose_mail_a_provider_takes(net: Net) -> None:
    net.names.records = {("x.example", "MX"): ["10 x-example.mail.protection.outlook.com."]}
    found = await detect("ann@x.example", net.http, net.ways)
    assert (found.settings["sign_in"], found.settings["smtp_security"]) == ("microsoft", "starttls")
    net.names.records = {("x.example", "MX"): ["10 evilgoogle.com.", "20 mx.x.example."]}
    assert (await detect("ann@x.example", net.http, net.ways)).settings == {}


async def test_the_guard_and_nonsense(net: Net) -> None:
    client = HttpClient()
    unguarded = client.for_channel(ChannelConfig(id=0, slug="", name="", settings={}))
    net.pages["/1/x.example"] = PAGE.encode()
    found = await detect("ann@x.example", unguarded, net.ways)
    assert found.sentence == ways.NOTHING, "a page on a private address is not asked for"
    for address in ("", "no", "a@b@c", "a b@x.example", "ann@"):
        assert (await detect(address, net.http, net.ways)).settings == {}, address
    await client.close()


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html>not found",
        PAGE.replace("SSL", "plain").encode(),
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + PAGE.encode(),
        PAGE.replace("993", "").encode(),
        PAGE.encode("utf-16"),
    ],
)
def test_what_is_no_description(page: bytes) -> None:
    assert settings_in(page, "ann@x.example") in ({}, DESCRIBED)
    assert settings_in(page, "ann@x.example") == {} or page == PAGE.encode("utf-16")


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_every_provider_gives_settings_of_the_form(provider: Any) -> None:
    known = {setting.name: setting for setting in SPEC.settings}
    for name, value in provider.settings().items():
        assert not known[name].choices or value in known[name].choices
    mailbox = Mailbox.of({"address": "a@b.example", **provider.settings()})
    assert mailbox.imap.port == 993
    assert mailbox.smtp.port == (587 if provider.smtp_security == "starttls" else 465)


async def test_no_password_yet_is_told(net: Net) -> None:
    health = await probe(Mailbox.of({"address": "a@b.example", "imap_host": "127.0.0.1"}), net.http)
    assert health.state.value == "unconfigured"
