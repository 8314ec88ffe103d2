"""People in the requests of manifests: several handles, and numbers that are withheld."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.contract import (
    Handle,
    Trust,
)
from tests.connectors.manifest.samples import channel, made, request


def one(rest: str, body: Any, **fields: Any) -> Any:
    [event] = made(rest).parse(request(body, **fields), channel())
    return event


FROM = "+12025550123"

PEOPLE = """
handle_kind: visitor
receive:
  cases:
    - message:
        id: body.id
        sender: {value: body.user, name: body.name, language: body.lang, evidence: {const: app_user}}
        also:
          - {kind: {const: phone}, value: body.phone, trust: {const: claimed}, evidence: {const: typed}}
          - {kind: {const: email}, value: body.mail, trust: {value: body.checked, map: {proven: ["true"]}, default: claimed}}
"""


def test_people_with_several_handles() -> None:
    event = one(
        PEOPLE,
        {
            "id": 1,
            "user": "u-9",
            "phone": "(202) 555-0123",
            "mail": "Ann@X.Example",
            "checked": True,
            "name": "Ann",
        },
    )
    user, phone, mail = event.sender.handles
    assert user == Handle(kind="visitor", value="u-9", evidence="app_user", raw="u-9")
    assert phone == Handle(
        kind="phone", value=FROM, trust=Trust.CLAIMED, evidence="typed", raw="(202) 555-0123"
    )
    assert mail == Handle(kind="email", value="ann@x.example", evidence="mail_from", raw="Ann@X.Example")
    alone = one(PEOPLE, {"id": 1, "user": "u-9", "mail": "ann@x.example"})
    assert [handle.trust for handle in alone.sender.handles] == [Trust.PROVEN, Trust.CLAIMED]


@pytest.mark.parametrize(
    "sender", ["anonymous", "Unknown Caller", "Private Number", "266696687", "+266696687", "0", "withheld"]
)
def test_messages_of_whoever_withholds_the_number_are_each_somebody_elses(sender: str) -> None:
    connector = made("receive: {cases: [{message: {id: body.id, sender: body.from, text: body.text}}]}\n")
    events = [
        connector.parse(request({"id": n, "from": sender, "text": "Hi"}), channel())[0]
        for n in ("m1", "m2", "m1")
    ]
    handles = [event.sender.handles[0] for event in events]  # type: ignore[union-attr] - they are messages
    assert [(one.kind, one.trust) for one in handles] == [("anonymous", "claimed")] * 3
    assert handles[0].value == handles[2].value != handles[1].value


def test_an_id_beside_a_withheld_number_is_who_it_is() -> None:
    sender = "sender: body.from, also: [{kind: {const: wid}, value: body.uid}]"
    rest = f"other_kinds: [wid]\nreceive: {{cases: [{{message: {{id: body.id, {sender}}}}}]}}\n"
    [event] = made(rest).parse(request({"id": "m1", "from": "anonymous", "uid": "w-7"}), channel())
    assert [(one.kind, one.value) for one in event.sender.handles] == [("wid", "w-7")]  # type: ignore[union-attr] - a message
