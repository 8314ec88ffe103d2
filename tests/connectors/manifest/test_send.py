"""What goes out by templates, and what the provider's answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.conformance.server import HANG_UP, Provider
from connectors.contract import (
    Button,
    CredentialsDead,
    Handle,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    Refused,
    SendError,
    Sent,
    State,
    TryAgain,
    Unknown,
)
from connectors.manifest.problems import ManifestInvalid
from hub.http import HttpClient
from tests.connectors.manifest.asking import API, OUTCOMES, SENDING, context
from tests.connectors.manifest.samples import HEAD, made


def message(text: str = "Hi", **fields: Any) -> Outbound:
    return Outbound(delivery_id="d-1", to=Handle(kind="phone", value="+12025550123"), text=text, **fields)


async def sent(provider: Provider, client: HttpClient, json: str, given: Outbound) -> Any:
    """The JSON that a template makes of a message."""
    connector = made(API + f"send:\n  - request: {{url: /send, json: {json}}}\n" + OUTCOMES)
    provider.will_answer({"status": 200, "body": {"id": 7}})
    assert await connector.send(given, context(provider, client)) == Sent(external_id="7")
    return provider.requests[0]["json"]


@pytest.mark.parametrize(
    ("json", "given", "made_of_it"),
    [
        ('{a: "{{ text }}"}', message("123"), {"a": "123"}),
        ('{a: "{{ text }}"}', message("[1, 2]"), {"a": "[1, 2]"}),
        ('{a: "{{ text }}"}', message("None"), {"a": "None"}),
        ('{a: "{{ text }}"}', message("{{ settings.key }}"), {"a": "{{ settings.key }}"}),
        ('{a: "{{ text }}"}', message('"}, "b": {"c": "'), {"a": '"}, "b": {"c": "'}),
        ('{a: "{{ text }}!"}', message("<b>&"), {"a": "<b>&!"}),
        ('{a: "{{ text|length }}"}', message("ភាសា"), {"a": 4}),
        ('{a: "{{ by_bot }}", b: 1, c: true, d: null, e: "x"}', message(), {"a": False, "b": 1, "c": True, "e": "x"}),
        ('{a: "{{ none }}", b: {c: "{{ none }}"}, d: {}}', message(), {"d": {}}),
        ('{a: "{{ reply_to|optional }}", b: {c: {e: "{{ thread|optional }}"}}, f: "{{ 0|optional }}"}', message(), {"f": 0}),
        ('{a: "x{{ none }}y"}', message(), {"a": "xy"}),
        ('{a: "{{ text if buttons else none }}"}', message(), {}),
        ('["{{ text }}", "{{ none }}", "{{ to_digits }}"]', message(), ["Hi", "12025550123"]),
        ('{a: "{% if text %}y{% endif %}"}', message(), {"a": "y"}),
        ('{a: "{{ text }}{{ to }}"}', message(), {"a": "Hi+12025550123"}),
        ('{a: "{{ reply_to }}", t: "{{ thread }}"}', message(references=("m2", "m1"), thread="t"), {"a": "m2", "t": "t"}),
        (
            '{a: {for_each: buttons, make: {v: "{{ item.value }}", l: "{{ item.label|upper }}", x: "{{ none }}"}}}',
            message(buttons=(Button(label="Yes", value="1"), Button(label="No", value="2"))),
            {"a": [{"v": "1", "l": "YES"}, {"v": "2", "l": "NO"}]},
        ),
        ('{a: {for_each: buttons, make: x}}', message(), {"a": []}),
        (
            '{a: "{{ text|with_numbered(buttons) }}"}',
            message(buttons=(Button(label="A", value="1"), Button(label="Site", value="https://x", kind="url"),
                             Button(label="Phone", value="p", kind="contact"))),
            {"a": "Hi\n1. A\nSite: https://x"},
        ),
    ],
)  # fmt: skip
async def test_bodies(
    provider: Provider, client: HttpClient, json: str, given: Outbound, made_of_it: Any
) -> None:
    assert await sent(provider, client, json, given) == made_of_it


async def test_a_path_cannot_be_left(provider: Provider, client: HttpClient) -> None:
    connector = made(
        API + "send:\n  - request: {url: '/to/{{ text|segment }}/x', form: {a: '{{ text }}'}}\n" + OUTCOMES
    )
    provider.will_answer({"status": 200, "body": {"id": 7}})
    for text, path in (("../admin?x=1#y", "/to/..%2Fadmin%3Fx=1%23y/x"), ("ភ", "/to/%E1%9E%97/x")):
        await connector.send(message(text), context(provider, client))
        assert provider.requests[-1]["path"] == path
        assert provider.requests[-1]["form"] == {"a": text}
        assert provider.requests[-1]["headers"]["x-key"] == "k3y-of-sample"


@pytest.mark.parametrize("text", [".", ".."])
async def test_a_step_up_the_path_is_refused(provider: Provider, client: HttpClient, text: str) -> None:
    """Readers of addresses take `%2E%2E` for `..`: there is no way to write it as a name."""
    connector = made(API + "send:\n  - request: {url: '/to/{{ text|segment }}/x'}\n" + OUTCOMES)
    with pytest.raises(Refused):
        await connector.send(message(text), context(provider, client))
    assert not provider.requests


@pytest.mark.parametrize(
    "url",
    [
        "{{ thread }}/send",
        "{% if thread %}{{ thread }}{% endif %}/send",
        "http://{{ thread|replace('http://', '') }}/send",
        "{{ settings.nothing }}{{ thread }}/send",
    ],
)
async def test_an_address_out_of_an_event_gets_no_credentials_and_is_guarded(
    provider: Provider, client: HttpClient, url: str
) -> None:
    head = HEAD.replace("settings:", "settings:\n  nothing: {}")
    connector = made(API + f'send:\n  - request: {{url: "{url}"}}\n' + OUTCOMES, head=head)
    provider.will_answer({"status": 200, "body": {"id": 7}})
    told = message(thread=provider.base)
    await connector.send(told, context(provider, client))
    assert provider.requests[-1]["path"] == "/send"
    assert "x-key" not in provider.requests[-1]["headers"]
    with pytest.raises(Refused):
        await connector.send(told, context(provider, client, trusted_hosts=""))
    assert len(provider.requests) == 1


async def test_a_header_cannot_carry_another(provider: Provider, client: HttpClient) -> None:
    connector = made(API + "send:\n  - request: {url: /x, headers: {X-Text: '{{ text }}'}}\n" + OUTCOMES)
    with pytest.raises(Refused):
        await connector.send(message("a\r\nX-Evil: 1"), context(provider, client))
    assert not provider.requests


@pytest.mark.parametrize(
    "template",
    ["{{ ''.__class__.__mro__ }}", "{{ text.__init__.__globals__ }}", "{{ 9**9**9**9 }}",
     "{{ 'x' * 10**12 }}", "{{ [0] * 999999999 }}", "{{ 1 // 0 }}", "{{ text[5] }}{{ text.nothing.at.all }}"],
)  # fmt: skip
async def test_a_template_cannot_leave_its_sandbox(
    provider: Provider, client: HttpClient, template: str
) -> None:
    """It is refused when it is read, or the message is when it is sent; nothing goes out."""
    try:
        connector = made(API + f'send:\n  - request: {{url: /x, json: {{a: "{template}"}}}}\n' + OUTCOMES)
    except ManifestInvalid:
        return
    provider.will_answer({"status": 200, "body": {"id": 7}})
    with pytest.raises(Refused):
        await connector.send(message(), context(provider, client))
    assert not provider.requests


LATER = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)  # when the tests are collected


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ({"status": 401}, CredentialsDead),
        ({"status": 403}, CredentialsDead),
        ({"status": 403, "body": {"code": "no"}}, Refused),
        ({"status": 400, "body": {"code": "key"}}, CredentialsDead),
        ({"status": 404, "body": {"code": "gone"}}, PersonUnreachable),
        ({"status": 400, "body": {"code": "later"}}, TryAgain),
        ({"status": 200, "body": {"code": "later"}}, TryAgain),
        ({"status": 400}, Refused),
        ({"status": 500, "body": {"code": "no"}}, Refused),
        ({"status": 502, "body": "<html>"}, TryAgain),
        ({"status": 408}, TryAgain),
        ({"status": 200, "body": {}}, Unknown),
        ({"status": 204}, Unknown),
        ({"status": 302, "headers": {"Location": "/else"}}, Refused),
        (HANG_UP, Unknown),
    ],
)
async def test_outcomes(provider: Provider, client: HttpClient, answer: Any, raised: type[SendError]) -> None:
    provider.will_answer(answer)
    with pytest.raises(raised) as caught:
        await made(SENDING).send(message(), context(provider, client))
    assert type(caught.value) is raised
    assert caught.value.reason.strip()
    assert len(provider.requests) == 1, "one try is one request"


@pytest.mark.parametrize(
    ("answer", "low", "high"),
    [
        ({"headers": {"Retry-After": "7"}}, 7, 7),
        ({"headers": {"Retry-After": LATER}}, 600, 3600),
        ({"headers": {"Retry-After": "1e12"}}, 86400, 86400),
        ({"headers": {"Retry-After": "-5"}}, 0, 0),
        ({"body": {"wait": 11}, "headers": {"Retry-After": "7"}}, 11, 11),
        ({"headers": {"Retry-After": "soon"}}, None, None),
        ({"headers": {"Retry-After": "nan"}}, None, None),
        ({}, None, None),
    ],
)
async def test_when_to_try_again(
    provider: Provider, client: HttpClient, answer: Any, low: Any, high: Any
) -> None:
    provider.will_answer({"status": 429, **answer})
    with pytest.raises(TryAgain) as caught:
        await made(SENDING).send(message(), context(provider, client))
    after = caught.value.after
    assert after is low is None or low <= (after or 0) <= high


async def test_a_reason_without_what_must_not_be_seen(provider: Provider, client: HttpClient) -> None:
    provider.will_answer({"status": 429, "body": {"why": "your key k3y-of-sample is slow", "wait": 3}})
    with pytest.raises(TryAgain) as caught:
        await made(SENDING).send(message(), context(provider, client))
    assert (caught.value.reason, caught.value.after) == ("your key ••• is slow (429)", 3)
    assert caught.value.__suppress_context__


async def test_a_file_nobody_can_carry_leaves_no_half_message_behind(
    provider: Provider, client: HttpClient
) -> None:
    file = OutboundFile(name="a.pdf", mime="application/pdf", content=b"x")
    with pytest.raises(Refused, match=r"a\.pdf"):
        await made(SENDING).send(message(files=(file,)), context(provider, client))
    assert not provider.requests


async def test_one_way_channels_say_so(provider: Provider, client: HttpClient) -> None:
    with pytest.raises(Refused, match="cannot write"):
        await made("receive: {cases: [{ignore: All.}]}").send(message(), context(provider, client))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": 200, "body": {"me": 1}}, State.CONNECTED),
        ({"status": 200, "body": {}}, State.NEEDS_CREDENTIALS),
        ({"status": 401}, State.NEEDS_CREDENTIALS),
        ({"status": 404}, State.NEEDS_CREDENTIALS),
        ({"status": 503}, State.TRANSIENT),
        ({"status": 429}, State.TRANSIENT),
        (HANG_UP, State.TRANSIENT),
    ],
)
async def test_probes(provider: Provider, client: HttpClient, answer: Any, state: State) -> None:
    provider.will_answer(answer)
    health = await made(SENDING).probe(context(provider, client))
    assert (health.state, bool(health.sentence)) == (state, True)
    assert provider.requests[0]["method"] == "GET"


async def test_a_probe_without_settings_asks_nobody(provider: Provider, client: HttpClient) -> None:
    head = HEAD.replace("label: Key", "label: Key, required: true")
    health = await made(SENDING, head=head).probe(context(provider, client, key=""))
    assert (health.state, health.sentence) == (State.UNCONFIGURED, "Not set yet: Key.")
    assert not provider.requests
