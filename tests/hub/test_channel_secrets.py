"""Settings of channels over the command line, the API and its service: secrets stay, stay secret, and go nowhere new."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.contract import ConnectorSpec, Setting
from connectors.manifest.load import parse_manifest
from hub.cli import hub
from inbox.channels import service
from inbox.channels.checking import check_names
from inbox.channels.secrets import MASK, masked, moved, open_sealed, seal
from tests.bundled import bundled
from tests.world import World, close_world, open_world
from values.errors import Invalid

KEY = "a secret key for tests only"
Cli = Callable[..., Awaitable[Result]]
REGISTRY = bundled()


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, connectors=tuple(REGISTRY.values()))
    yield made
    await close_world(made)


@pytest.fixture
def cli(world: World) -> Cli:
    """A command, as a process beside the running hub would run it; the hub has heard of what it did."""
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": KEY,
    }

    async def run(*words: str, code: int = 0) -> Result:
        done = await asyncio.to_thread(
            CliRunner().invoke, hub, list(words), env={"HUB_CONNECTORS_DIR": "", **env}
        )
        assert done.exit_code == code, (done.output, done.stderr)
        await world.runtime.directory.refresh()
        return done

    return run


async def opened(world: World, slug: str) -> dict[str, Any]:
    async with world.pool.acquire() as conn:
        row = await service.get(conn, slug)
    return open_sealed(row.settings, cipher=world.runtime.cipher)


async def ring(world: World, call: str, secret: str, slug: str = "z") -> int:
    fields = {
        "event": "NOTIFY_START", "pbx_call_id": call, "call_start": "2026-01-01 10:00:00",
        "caller_id": "+447700900123", "called_did": "442071838700",
    }  # fmt: skip
    told = f"{fields['caller_id']}{fields['called_did']}{fields['call_start']}"
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha1).hexdigest()
    headers = {"Signature": base64.b64encode(digest.encode()).decode()}
    async with world.client.post(f"/in/{slug}", data=fields, headers=headers) as answer:
        return answer.status


async def test_changing_one_setting_leaves_the_door_as_it_was(world: World, cli: Cli) -> None:
    await cli("channel", "add", "z", "--connector", "zadarma", "--set", "api_secret=zs", "--set", "api_key=k")
    assert await ring(world, "in_1", "zs") == 200
    await cli("channel", "change", "z", "--set", "api_base=http://127.0.0.1:9")
    assert await ring(world, "in_2", "zs") == 200
    assert await opened(world, "z") == {"api_secret": "zs", "api_key": "k", "api_base": "http://127.0.0.1:9"}


MANY: dict[str, tuple[dict[str, str], tuple[str, str]]] = {
    "telephony": ({"secret": "open sesame"}, ("trusted_hosts", "pbx.lan")),
    "mango": ({"api_key": "u", "api_salt": "first-salt"}, ("trusted_hosts", "pbx.lan")),
    "whatsapp": (
        {"phone_number_id": "7", "access_token": "EAAB-1", "app_secret": "as", "verify_token": "vt"},
        ("choose_label", "Pick"),
    ),
    "email": (
        {"address": "a@shop.test", "imap_host": "imap.shop.test", "imap_password": "p1", "smtp_password": "p2", "dkim_key": "k"},
        ("sender_name", "Shop7"),
    ),
    "telegram": ({"token": "1234:abc", "secret_token": "st"}, ("groups", "true")),
    "sitechat": ({"identity_secrets": "one two"}, ("title", "Chat")),
}  # fmt: skip


@pytest.mark.parametrize("connector", MANY)
async def test_every_other_setting_opens_as_before(world: World, connector: str) -> None:
    """Changed twice, so that nothing is sealed in two layers."""
    settings, (name, value) = MANY[connector]
    runtime = world.runtime
    async with world.pool.acquire() as conn, conn.transaction():
        await service.create(
            conn, runtime.registry, runtime.cipher, slug="c", name="C", connector=connector, settings=settings
        )
        for given in ({name: value}, {name: value}):
            await service.update(conn, runtime.registry, runtime.cipher, "c", settings=given)
        row = await service.get(conn, "c")
        masks = masked(row.settings, runtime.registry[connector].spec)
        await service.update(conn, runtime.registry, runtime.cipher, "c", settings=masks)
    assert await opened(world, "c") == {**settings, name: value}


def test_seal_keeps_what_is_sealed_and_takes_no_seal_of_strangers(world: World) -> None:
    spec, cipher = world.sink.spec, world.runtime.cipher
    once = seal(spec, {"token": "t0ken"}, cipher=cipher, before={})
    assert seal(spec, once, cipher=cipher, before=once) == once
    assert seal(spec, {"token": {"$secret": "made up"}}, cipher=cipher, before=once) == once
    assert seal(spec, {"token": {"$secret": "made up"}}, cipher=cipher, before={}) == {}
    with pytest.raises(Invalid):
        seal(spec, {"token": ["a", "b"]}, cipher=cipher, before={})


@pytest.mark.parametrize(
    ("connector", "name", "said"),
    [
        ("email", "password", "“imap_password”"),
        ("email", "imaphost", "“imap_host”"),
        ("telegram", "tokn", "“token”"),
        ("zadarma", "api-secret", "“api_secret”"),
        ("webform", "colour", "“color”"),
        ("telephony", "xyzzy", "It has: secret, dial_url"),
    ],
)
def test_an_unknown_name_is_refused_with_the_likeliest(connector: str, name: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_names(REGISTRY[connector].spec, {name: "x"})
    assert said in str(refused.value)
    assert refused.value.field == name
    assert "x" not in str(refused.value).replace("xyzzy", "").split()


async def test_unknown_names_are_refused_at_the_command_line_and_nothing_is_stored(
    world: World, cli: Cli
) -> None:
    done = await cli("channel", "add", "m", "--connector", "telephony", "--set", "secrt=hunter2", code=1)
    assert "Did you mean “secret”?" in done.stderr
    assert "hunter2" not in done.output + done.stderr
    await cli("channel", "add", "m", "--connector", "telephony", "--set", "secret=hunter2")
    await cli("channel", "change", "m", "--set", "password=hunter3", code=1)
    assert await opened(world, "m") == {"secret": "hunter2"}
    listed = await cli("channel", "list", "--json")
    shown = await cli("channel", "show", "m", "--json")
    assert json.loads(shown.stdout)["settings"] == {"secret": MASK}
    assert "hunter" not in listed.stdout + shown.stdout + (await cli("channel", "show", "m")).stdout


async def test_what_stands_in_clear_under_a_wrong_name_is_not_shown(world: World, cli: Cli) -> None:
    """An earlier version took any name."""
    await cli("channel", "add", "m", "--connector", "telephony", "--set", "secret=s")
    await world.fetch(
        "UPDATE inbox_channel SET settings = settings || '{\"passwort\": \"in clear\"}' WHERE slug = 'm'"
    )
    assert "in clear" not in (await cli("channel", "list", "--json")).stdout
    await cli("channel", "change", "m", "--unset", "passwort", "--set", "trusted_hosts=pbx.lan")
    assert await opened(world, "m") == {"secret": "s", "trusted_hosts": "pbx.lan"}


@pytest.mark.parametrize(
    ("connector", "place", "value", "secret"),
    [
        ("telegram", "api_base", "https://evil.test", "Bot token"),
        ("whatsapp", "api_base", "https://evil.test/v21.0", "Access token"),
        ("email", "imap_host", "evil.test", "IMAP password"),
        ("email", "imap_user", "other", "IMAP password"),
        ("email", "smtp_port", "2525", "SMTP password"),
        ("telephony", "dial_url", "https://evil.test/dial", "Shared secret"),
    ],
)
async def test_where_a_secret_goes_is_changed_with_the_secret_only(
    world: World, cli: Cli, connector: str, place: str, value: str, secret: str
) -> None:
    settings = MANY[connector][0]
    pairs = [word for name, text in settings.items() for word in ("--set", f"{name}={text}")]
    await cli("channel", "add", "c", "--connector", connector, *pairs)
    done = await cli("channel", "change", "c", "--set", f"{place}={value}", code=1)
    assert f"{secret} would go to another place now: enter it anew." in done.stderr
    assert await opened(world, "c") == settings


def test_a_password_that_stands_in_for_another_does_not_follow_its_server() -> None:
    spec = REGISTRY["email"].spec
    before = {"imap_host": "imap.shop.test", "imap_password": {"$secret": "1"}, "smtp_host": "smtp.shop.test"}
    told = moved(spec, before, {**before, "smtp_host": "evil.test"})
    assert [(secret.name, place) for secret, place in told] == [("imap_password", "smtp_host")]
    own = {**before, "smtp_password": {"$secret": "2"}}
    assert not moved(spec, {**before, "smtp_host": "a.test"}, {**own, "smtp_host": "a.test"})
    taken_out = {**before, "smtp_host": "evil.test"}
    assert (
        moved(spec, {**own, "smtp_host": "evil.test"}, {**taken_out, "smtp_password": ""})[0][0].name
        == "imap_password"
    )


def test_the_same_place_written_otherwise_is_the_same_place() -> None:
    spec = REGISTRY["telegram"].spec
    before = {"token": {"$secret": "1"}}
    assert not moved(spec, before, {**before, "api_base": "https://API.telegram.org/"})
    assert moved(spec, before, {**before, "api_base": "https://api.telegram.org.evil.test"})


def test_a_connector_that_does_not_say_where_its_secret_goes_is_read_by_names() -> None:
    spec = ConnectorSpec(
        id="own", title="Own", handle_kind="phone",
        settings=(Setting(name="password", label="Password", type="secret"), Setting(name="server_url", label="Server"),
                  Setting(name="greeting", label="Greeting")),
    )  # fmt: skip
    before = {"password": {"$secret": "1"}, "server_url": "https://a.test"}
    assert moved(spec, before, {**before, "server_url": "https://b.test"})
    assert not moved(spec, before, {**before, "greeting": "Hi"})


MANIFEST = """
id: acme
title: Acme
settings:
  token: {type: secret}
  signing: {type: secret}
  salt: {type: secret}
  account: {}
  media: {}
  base: {default: "https://api.acme.test"}
verify:
  - {type: secret, where: header, name: X-Sign, secret: signing}
api:
  base: "{{ settings.base }}"
  headers: {Authorization: "Bearer {{ settings.token }}", X-Sign: "{{ settings.account|hmac_sha1(settings.salt) }}"}
files: {headers: {X-Key: "{{ settings.token }}"}, hosts: ["{{ settings.media|host }}"]}
send:
  - request: {url: "/{{ settings.account }}/messages", json: {to: "{{ to }}", text: "{{ text }}"}}
outcomes: {ok: "status == `200`", external_id: body.id}
"""


def test_a_manifest_tells_by_its_requests_where_a_secret_goes() -> None:
    spec = parse_manifest(MANIFEST, source="acme").spec
    assert {one.name: one.goes_to for one in spec.settings if one.type == "secret"} == {
        "token": ("media", "base"),
        "signing": (),
        "salt": (),
    }


async def test_a_connector_tells_the_names_of_its_settings(cli: Cli) -> None:
    rows = {row["id"]: row for row in json.loads((await cli("connector", "list", "--json")).stdout)}
    assert [one["name"] for one in rows["telephony"]["settings"]] == ["secret", "dial_url", "trusted_hosts"]
    said = (await cli("connector", "show", "telegram")).stdout
    assert "token (secret, needed)  Bot token" in said
    assert (
        json.loads((await cli("connector", "show", "email", "--json")).stdout)["settings"][0]["name"]
        == "address"
    )
    assert "Known:" in (await cli("connector", "show", "nothing", code=1)).stderr
