"""What manifests say beyond one request: uploads in steps, pulling, registering, profiles, tickets, alarms, clocks, charsets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from connectors.conformance.server import Provider, scripted
from connectors.contract import (
    Alarm,
    Context,
    CredentialsDead,
    Handle,
    Health,
    InboundMessage,
    Malformed,
    Outbound,
    OutboundFile,
    Profiling,
    RawInput,
    Receiver,
    Refused,
    SendError,
    Setup,
    TryAgain,
    Unverified,
)
from connectors.manifest.clocks import pattern_of
from connectors.manifest.load import parse_manifest
from connectors.manifest.problems import ManifestInvalid
from hub.http import HttpClient
from tests.connectors.manifest.samples import AT, HEAD, channel, made, request

API = 'api: {base: "{{ settings.base }}", headers: {X-Key: "{{ settings.key }}"}}\n'
TAKES = "receive: {cases: [{message: {id: body.id, sender: body.from, text: body.text}}]}\n"
OUTCOMES = "outcomes: {ok: 'status == `200` && body.id', external_id: body.id, reason: body.why}\n"


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    async with scripted() as one:
        yield one


@pytest_asyncio.fixture
async def context(provider: Provider) -> AsyncIterator[Context]:
    client, at = HttpClient(), channel(base=provider.base, trusted_hosts="127.0.0.1")
    yield Context(channel=at, http=client.for_channel(at))
    await client.close()


def one_message(rest: str, body: Any, **settings: Any) -> InboundMessage:
    connector = made(rest, head=HEAD.replace("verify:", "  zone: {}\nverify:"))
    [event] = connector.parse(request(body), channel(**settings))
    assert isinstance(event, InboundMessage)
    return event


def faults(text: str) -> list[str]:
    with pytest.raises(ManifestInvalid) as caught:
        parse_manifest(HEAD + text, source="m")
    return [f"{p.line}:{p.column} {p.what} {p.remedy}" for p in caught.value.problems]


# ---------------------------------------------------------------- expressions: patterns, clocks


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("Order 15, paid", r"Order (\d+)", "15"),
        ("Order 15, paid", r"\d+", "15"),
        ("заказ №7", r"№\s*(\d+)", "7"),
        ("ភាសា A-7", r"[A-Z]-\d", "A-7"),
        ("nothing", r"\d+", ""),
        ("ab", r"(a)(b)", "a"),
        ("a" * 50_000 + "!", r"(a+)+$", ""),
    ],
)
def test_match(text: str, pattern: str, found: str) -> None:
    rest = (
        "receive: {cases: [{message: {id: body.id, sender: body.from, text: \"match(body.text, '{}')\"}}]}\n"
    )
    rest = rest.replace("{}", pattern.replace("\\", "\\\\"))
    assert one_message(rest, {"id": "1", "from": "+12025550123", "text": text}).text == found


def test_a_bad_pattern_is_told_where_it_stands() -> None:
    [told] = faults(TAKES.replace("body.text", "\"match(body.text, '(a')\""))
    assert told.startswith("7:68 text: “(a” is no pattern: missing )")


@pytest.mark.parametrize(
    ("written", "value", "zone", "at"),
    [
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "", "2026-01-05T09:30:15"),
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "Europe/Moscow", "2026-01-05T06:30:15"),
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "settings.zone", "2026-01-05T02:30:15"),
        ("D.M.YY H:mm", "5.1.26 9:30", "Europe/Kyiv", "2026-01-05T07:30:00"),
        ("MM/DD/YYYY hh:mm A", "01/05/2026 09:30 PM", "America/New_York", "2026-01-06T02:30:00"),
        ("YYYY-MM-DDTHH:mm:ss.SSSZ", "2026-01-05T09:30:15.250+0300", "", "2026-01-05T06:30:15"),
        ("YYYYMMDDhhmmss", "20260105093015", "Asia/Phnom_Penh", "2026-01-05T02:30:15"),
        ("%d.%m.%Y %H:%M", "05.07.2026 09:30", "Europe/Berlin", "2026-07-05T07:30:00"),
        ("[at] DD MMM YYYY", "at 05 Jan 2026", "", "2026-01-05T00:00:00"),
    ],
)
def test_clocks(written: str, value: str, zone: str, at: str) -> None:
    said = f'{{value: body.at, format: "{written}"' + (f", zone: {zone}}}" if zone else "}")
    rest = f"receive: {{cases: [{{message: {{id: body.id, sender: body.from, at: {said}}}}}]}}\n"
    found = one_message(rest, {"id": "1", "from": "+12025550123", "at": value}, zone="Asia/Phnom_Penh").at
    assert found.replace(microsecond=0) == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_a_setting_that_names_no_zone_is_told_and_loses_nothing() -> None:
    rest = "receive: {cases: [{message: {id: body.id, sender: body.from, at: {value: body.at, zone: settings.zone}}}]}\n"
    body = {"id": "1", "from": "+12025550123", "at": "2026-01-05 09:00:00"}
    with pytest.raises(Malformed, match="“Moscow” is not known: say it as Europe/Moscow"):
        one_message(rest, body, zone="Moscow")
    assert one_message(rest, body, zone="").at.hour == 9
    told = faults(rest)
    assert "zone: the setting “zone” is not known" in told[0]
    told = faults(TAKES.replace("text: body.text", "at: {value: body.at, format: 'QQ.YYYY'}"))
    assert "Say it as `DD.MM.YYYY hh:mm:ss`" in told[0]


def test_patterns_of_clocks() -> None:
    assert pattern_of("%d") == "%d"
    assert pattern_of("YYYY-MM-DDTHH:mm") == "%Y-%m-%dT%H:%M"


# ---------------------------------------------------------------- charsets


def test_a_form_in_another_charset() -> None:
    body = ("id=1&from=%2B12025550123&text=" + quote("Сколько стоит?", encoding="cp1251")).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    said = {"content-type": "application/x-www-form-urlencoded; charset=windows-1251"}
    plain, told = made(TAKES), made(TAKES.replace("{cases", "{charset: windows-1251, cases"))
    for connector, headers in ((plain, said), (told, form), (told, said)):
        [event] = connector.parse(request(body, headers=headers), channel())
        assert isinstance(event, InboundMessage)
        assert event.text == "Сколько стоит?"
    own = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    body = ("id=1&from=%2B12025550123&text=" + quote("дверь")).encode()
    [event] = told.parse(request(body, headers=own), channel())
    assert isinstance(event, InboundMessage)
    assert event.text == "дверь"
    with pytest.raises(Malformed):
        plain.parse(request(b"id=1&text=%D1%EA", headers=form), channel())
    assert "“klingon” is not known" in faults(TAKES.replace("{cases", "{charset: klingon, cases"))[0]


async def test_requests_and_answers_in_another_charset(provider: Provider, context: Context) -> None:
    rest = 'api: {base: "{{ settings.base }}", charset: windows-1251}\n' + (
        'send: [{request: {url: /send, form: {text: "{{ text }}", none: "{{ reply_to|optional }}"}}}]\n'
        + OUTCOMES
    )
    provider.will_answer({"status": 400, "raw": '{"why": "Нет денег"}'.encode("cp1251")})
    with pytest.raises(Refused, match="Нет денег"):
        await made(rest).send(_outbound("Да ★"), context)
    asked = provider.requests[0]
    assert asked["headers"]["content-type"] == "application/x-www-form-urlencoded; charset=cp1251"
    assert asked["raw"] == b"text=%C4%E0+%26%239733%3B"


# ---------------------------------------------------------------- files in steps


def _outbound(text: str = "", **fields: Any) -> Outbound:
    return Outbound(delivery_id="d", to=Handle(kind="phone", value="+12025550123"), text=text, **fields)


STEPS = (
    API
    + """
send:
  - of: file
    steps:
      - request: {method: GET, url: /where}
        take: {url: body.upload_url}
      - request: {method: PUT, url: "{{ taken.url }}", body: file}
        take: {etag: headers.etag}
    request: {url: /messages, json: {to: "{{ to }}", file: "{{ taken.etag }}", name: "{{ file.name }}", left: "{{ none }}"}}
"""
    + OUTCOMES
)
PICTURE = OutboundFile(name="ឯកសារ.png", mime="image/png", content=b"\x89PNG...")


async def test_a_file_goes_out_in_steps(provider: Provider, context: Context) -> None:
    provider.will_answer(
        {"body": {"upload_url": f"{provider.base}/there?sig=1"}},
        {"headers": {"ETag": "e-7"}, "body": ""},
        {"body": {"id": "m1"}},
    )
    assert (await made(STEPS).send(_outbound(files=(PICTURE,)), context)).external_id == "m1"
    where, put, last = provider.requests
    assert (where["method"], where["path"], where["headers"]["x-key"]) == ("GET", "/where", "k3y-of-sample")
    assert (put["method"], put["path"], put["raw"]) == ("PUT", "/there?sig=1", PICTURE.content)
    assert put["headers"]["content-type"] == "image/png"
    assert "x-key" not in put["headers"]  # credentials do not go where an answer says
    assert last["json"] == {"to": "+12025550123", "file": "e-7", "name": "ឯកសារ.png"}


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([{"status": 500}], TryAgain),
        ([{"hang_up": True}], TryAgain),
        ([{"body": {}}], TryAgain),
        ([{"body": {"upload_url": "http://169.254.169.254/"}}], Refused),
        ([{"body": {"upload_url": "BASE/x"}}, {"status": 403}], CredentialsDead),
        ([{"body": {"upload_url": "BASE/x"}}, {"status": 200, "body": ""}], TryAgain),
        ([{"body": {"upload_url": "BASE/x"}}, {"hang_up": True}], TryAgain),
    ],
)
async def test_a_step_that_fails_leaves_no_doubt(
    provider: Provider, context: Context, answers: list[Any], kind: type[SendError]
) -> None:
    for one in answers:
        if isinstance(one.get("body"), dict) and "upload_url" in one["body"]:
            one["body"]["upload_url"] = one["body"]["upload_url"].replace("BASE", provider.base)
    provider.will_answer(*answers)
    with pytest.raises(kind):
        await made(STEPS).send(_outbound(files=(PICTURE,)), context)


async def test_a_file_by_its_public_link(provider: Provider, context: Context) -> None:
    rest = (
        API
        + 'send: [{of: file, request: {url: /m, json: {media: "{{ file.url }}", size: "{{ file.size }}"}}}]\n'
        + OUTCOMES
    )
    provider.will_answer({"body": {"id": "m1"}})
    file = OutboundFile(
        name="a.png", mime="image/png", content=b"1234", url="https://hub.example/files/1/2/3/a.png"
    )
    await made(rest).send(_outbound(files=(file,)), context)
    assert provider.requests[0]["json"] == {"media": "https://hub.example/files/1/2/3/a.png", "size": 4}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("taken.etag", "taken.etg", "of `taken`, the name “etg” is not known. Do you mean “etag”?"),
        ("taken.url", "taken.uri", "of `taken`, the name “uri” is not known. Do you mean “url”?"),
        ("of: file", "of: message", "Only files are uploaded. Add `of: file`."),
        ("body: file", "body: fil", "“fil” is not known. Do you mean “file”?"),
        ("body: file", "body: file, json: {}", "A request has one body."),
        (
            "take: {url: body.upload_url}",
            "tak: {url: body.upload_url}",
            "“tak” is not known. Do you mean “take”?",
        ),
    ],
)
def test_faults_of_steps(old: str, new: str, what: str) -> None:
    assert old in STEPS
    assert any(what in told for told in faults(STEPS.replace(old, new, 1))), faults(
        STEPS.replace(old, new, 1)
    )


# ---------------------------------------------------------------- pulling


PULL = (
    API
    + """
pull:
  every: 1
  request: {url: "/updates?after={{ cursor }}"}
  start: "0"
  events: body.updates
  cursor: "max(body.updates[].n)"
  more: body.more
receive: {split: "body.updates[]", cases: [{message: {id: event.n, sender: event.from, text: event.text}}]}
"""
).replace("verify: none", "")
NO_DOOR = HEAD.replace("verify: none\n", "")


class Link:
    """What the platform lends a receiver, in memory."""

    def __init__(self, context: Context) -> None:
        self.channel, self.http = context.channel, context.http
        self.kept: Mapping[str, Any] = {}
        self.taken: list[RawInput] = []
        self.said: list[Health] = []
        self.heard = asyncio.Event()

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        self.taken += inputs
        self.kept = checkpoint or self.kept

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        return self.kept

    async def known(self, keys: Sequence[str]) -> set[str]:
        return set()

    async def report(self, health: Health) -> None:
        self.said.append(health)
        self.heard.set()

    async def note(self, sentence: str) -> None:
        raise AssertionError


async def _pulled(rest: str, link: Link) -> None:
    connector = made(rest, head=NO_DOOR)
    assert isinstance(connector, Receiver)
    running = asyncio.create_task(connector.run(link))
    hearing = asyncio.create_task(link.heard.wait())
    await asyncio.wait((running, hearing), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, hearing):
        if not task.done():
            task.cancel()
    _, result = await asyncio.gather(hearing, running, return_exceptions=True)
    if isinstance(result, Exception):
        raise result


async def test_pulling_goes_on_where_it_was(provider: Provider, context: Context) -> None:
    link = Link(context)
    first = {
        "updates": [
            {"n": 4, "from": "+12025550123", "text": "a"},
            {"n": 5, "from": "+12025550124", "text": "b"},
        ]
    }
    provider.will_answer(
        {"body": {**first, "more": True}},
        {"body": {"updates": [{"n": 9, "from": "+12025550125", "text": "c"}]}},
    )
    await _pulled(PULL, link)
    assert [one["path"] for one in provider.requests] == ["/updates?after=0", "/updates?after=5"]
    assert link.kept == {"value": 9}
    texts = [
        event.text for raw in link.taken for event in made(PULL, head=NO_DOOR).parse(raw, context.channel)
    ]  # type: ignore[union-attr] - they are messages
    assert texts == ["a", "b", "c"]
    assert link.said[-1].state == "connected"
    provider.will_answer({"body": {"updates": []}})
    link.heard.clear()
    await _pulled(PULL, link)
    assert provider.requests[0]["path"] == "/updates?after=9"
    assert len(link.taken) == 2  # an answer without events is not stored


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 401, "body": {}}, CredentialsDead),
        ({"status": 500}, TryAgain),
        ({"status": 200, "body": {"updates": [{"n": [1]}]}}, TryAgain),
        ({"hang_up": True}, TryAgain),
    ],
)
async def test_a_fault_of_pulling_keeps_the_cursor(
    provider: Provider, context: Context, answer: Any, kind: type[SendError]
) -> None:
    link = Link(context)
    link.kept = {"value": 7}
    provider.will_answer(answer)
    rest = PULL.replace('"max(body.updates[].n)"', "body.updates[0].n")
    with pytest.raises(kind):
        await _pulled(rest, link)
    assert link.kept == {"value": 7}
    assert not link.taken


async def test_slow_down_is_heeded(provider: Provider, context: Context) -> None:
    link = Link(context)
    provider.will_answer({"status": 429, "headers": {"Retry-After": "60"}})
    await _pulled(PULL, link)
    [health] = link.said
    assert health.state == "transient"
    assert health.retry_at is not None
    assert health.retry_at - datetime.now(UTC) > timedelta(seconds=50)


async def test_the_same_answer_is_the_same_input(provider: Provider, context: Context) -> None:
    keys = []
    for body in ({"updates": [{"n": 1}]}, {"updates": [{"n": 1}]}, {"updates": [{"n": 2}]}):
        link = Link(context)
        provider.will_answer({"body": body})
        await _pulled(PULL, link)
        keys.append(link.taken[0].key)
    assert keys[0] == keys[1] != keys[2]


def test_whoever_is_only_pulled_takes_nothing_at_the_door() -> None:
    with pytest.raises(Unverified):
        made(PULL, head=NO_DOOR).verify(request({"updates": []}), channel())


def test_faults_of_pulling() -> None:
    assert any("pull has no every" in one for one in faults(PULL.replace("  every: 1\n", "")))
    assert any("“cursr” is not known" in one for one in faults(PULL.replace("{{ cursor }}", "{{ cursr }}")))
    bare = PULL.replace('  cursor: "max(body.updates[].n)"\n', "")
    assert any("`more` without a cursor" in one for one in faults(bare))
    alone = API + "pull: {every: 5, request: {url: /x}}\nsend: [{request: {url: /x}}]\n" + OUTCOMES
    assert any("nothing says what they are" in one for one in faults(alone))


# ---------------------------------------------------------------- registering


REGISTER = (
    API
    + """
register:
  request: {url: /hook, json: {url: "{{ channel.door }}"}}
  ok: body.done
  state: {request: {url: /hook}, address: body.url}
  remove: {url: /hook}
probe: {request: {url: /me}, ok: body.me}
"""
    + TAKES
)
DOOR = "https://hub.example/in/sample"


async def test_the_door_is_registered_once(provider: Provider, context: Context) -> None:
    connector = made(REGISTER)
    assert isinstance(connector, Setup)
    provider.will_answer({"body": {"url": ""}}, {"body": {"done": True}}, {"body": {"url": DOOR}})
    health = await connector.connect(context)
    assert (health.state, len(provider.requests)) == ("connected", 3)
    assert provider.requests[1]["json"] == {"url": DOOR}
    assert "calls this channel's door" in health.sentence
    provider.will_answer({"body": {"url": DOOR}})
    await connector.connect(context)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("answers", "state", "said"),
    [
        ([{"body": {"url": ""}}, {"status": 403, "body": {}}], "needs_credentials", "could not be registered"),
        ([{"body": {"url": ""}}, {"status": 500}], "transient", "could not be registered"),
        ([{"body": {"url": ""}}, {"body": {"done": False}}], "needs_credentials", "could not be registered"),
        ([{"body": {"url": ""}}, {"body": {"done": True}}, {"body": {"url": "https://x"}}], "transient", "still calls https://x"),
        ([{"hang_up": True}], "transient", "could not be registered"),
    ],
)  # fmt: skip
async def test_what_went_wrong_is_told(
    provider: Provider, context: Context, answers: list[Any], state: str, said: str
) -> None:
    provider.will_answer(*answers)
    health = await made(REGISTER).connect(context)  # type: ignore[attr-defined] - it registers
    assert health.state == state
    assert said in health.sentence


@pytest.mark.parametrize(
    ("url", "state", "said"),
    [
        (DOOR, "connected", "calls this channel's door"),
        ("https://other.example/x", "transient", "calls https://other.example/x, not this"),
        ("", "transient", "calls no door"),
    ],
)
async def test_the_probe_tells_whom_the_provider_calls(
    provider: Provider, context: Context, url: str, state: str, said: str
) -> None:
    provider.will_answer({"body": {"me": True}}, {"body": {"url": url}})
    health = await made(REGISTER).probe(context)
    assert (health.state, said in health.sentence) == (state, True), health


async def test_a_secret_in_the_address_that_the_provider_calls_is_not_told(
    provider: Provider, context: Context
) -> None:
    provider.will_answer({"body": {"me": True}}, {"body": {"url": f"{DOOR}?key=k3y-of-sample"}})
    health = await made(REGISTER).probe(context)
    assert (health.state, "not this" in health.sentence) == ("transient", True)
    assert "k3y-of-sample" not in health.sentence


async def test_the_address_is_taken_back_unless_it_is_somebody_elses(
    provider: Provider, context: Context
) -> None:
    connector = made(REGISTER)
    provider.will_answer({"body": {"url": DOOR}}, {"body": {}})
    await connector.disconnect(context)  # type: ignore[attr-defined] - it registers
    assert [one["method"] for one in provider.requests] == ["GET", "DELETE"]
    provider.will_answer({"body": {"url": "https://other.example/x"}})
    await connector.disconnect(context)  # type: ignore[attr-defined] - it registers
    assert len(provider.requests) == 1


# ---------------------------------------------------------------- profiles


PROFILE = (
    API
    + 'profile: {request: {url: "/users/{{ who|segment }}"}, name: body.name, picture: body.pic}\n'
    + TAKES
)


async def test_a_profile(provider: Provider, context: Context) -> None:
    connector = made(PROFILE)
    assert isinstance(connector, Profiling)
    handle = Handle(kind="phone", value="+1/..")
    provider.will_answer({"body": {"name": " Ann ", "pic": "https://x/p.jpg"}})
    found = await connector.profile(handle, context)
    assert (found.name, found.picture, provider.requests[0]["path"]) == (
        "Ann",
        "https://x/p.jpg",
        "/users/%2B1%2F..",
    )
    provider.will_answer({"body": {"name": {"first": "Ann"}}})
    assert (await connector.profile(handle, context)).name == ""
    for status, kind in ((404, Refused), (429, TryAgain), (500, TryAgain), (401, CredentialsDead)):
        provider.will_answer({"status": status})
        with pytest.raises(kind):
            await connector.profile(handle, context)
    assert not isinstance(made(TAKES), Profiling | Setup | Receiver)
    assert any(
        "neither a name nor a picture" in one
        for one in faults(PROFILE.replace("name: body.name, picture: body.pic", ""))
    )


# ---------------------------------------------------------------- tickets, alarms


TICKET = (
    API
    + """
receive:
  cases:
    - if: body.lost
      alarm: {text: {const: The provider left events out.}}
    - message:
        id: body.id
        sender: body.from
        at: body.at
        answer: {within: 60, with: {token: body.reply_token}}
send:
  - if: answered.token
    request: {url: /reply, json: {token: "{{ answered.token }}", text: "{{ text }}"}}
  - request: {url: /push, json: {to: "{{ to }}", text: "{{ text }}"}}
"""
    + OUTCOMES
)


def test_what_a_message_leaves_for_its_answer() -> None:
    connector = made(TICKET)
    assert connector.spec.tickets
    body = {
        "id": "1",
        "from": "+12025550123",
        "at": (AT - timedelta(seconds=5)).isoformat(),
        "reply_token": "r-1",
    }
    [event] = connector.parse(request(body), channel())
    assert isinstance(event, InboundMessage)
    assert event.ticket is not None
    assert (event.ticket.fields, event.ticket.until, event.ticket.is_once) == (
        {"token": "r-1"},
        AT + timedelta(seconds=55),
        True,
    )
    [event] = connector.parse(request({"id": "1", "from": "+12025550123"}), channel())
    assert isinstance(event, InboundMessage)
    assert event.ticket is None
    assert connector.parse(request({"lost": 3}), channel()) == [Alarm(reason="The provider left events out.")]
    assert "The provider left events out." in connector.texts


async def test_the_answer_carries_it_back(provider: Provider, context: Context) -> None:
    provider.will_answer({"body": {"id": "m1"}})
    await made(TICKET).send(_outbound("Hi", ticket={"token": "r-1"}), context)
    await made(TICKET).send(_outbound("Hi"), context)
    assert [one["path"] for one in provider.requests] == ["/reply", "/push"]
    assert provider.requests[0]["json"] == {"token": "r-1", "text": "Hi"}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "{{ answered.token",
            "{{ answered.tokn",
            "of `answered`, the name “tokn” is not known. Do you mean “token”?",
        ),
        ("within: 60, ", "", "answer has no within"),
        (", with: {token: body.reply_token}", "", "answer has no with"),
        ("{text: {const: The provider left events out.}}", "{}", "alarm has no text"),
    ],
)
def test_faults_of_answers(old: str, new: str, what: str) -> None:
    assert any(what in one for one in faults(TICKET.replace(old, new)))
