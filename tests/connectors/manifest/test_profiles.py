"""What manifests ask of people: their names and pictures, and what a message leaves for its answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.conformance.server import Provider
from connectors.contract import (
    Alarm,
    Context,
    CredentialsDead,
    Handle,
    InboundMessage,
    Profiling,
    Receiver,
    Refused,
    Setup,
    TryAgain,
)
from tests.connectors.manifest.conftest import API, OUTCOMES, TAKES, faults, outbound
from tests.connectors.manifest.samples import AT, channel, made, request

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
    await made(TICKET).send(outbound("Hi", ticket={"token": "r-1"}), context)
    await made(TICKET).send(outbound("Hi"), context)
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
