"""What a message answers: any id, a signed address, the subject; and the guards that keep strangers' mail apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from connectors.contract import Handle, InboundMessage, Person
from inbox.conversations.subjects import bare_subject
from inbox.conversations.tokens import conversation_of, token_for
from inbox.intake.work import Work
from inbox.messages import answers
from inbox.messages.answers import Answer, answer_of
from inbox.messages.model import Incoming, Referenced

SECRET = b"a secret"


@dataclass
class Fake:
    """As much of a work as threading looks at."""

    secret: bytes = SECRET

    @property
    def channel(self) -> Fake:
        return self

    config = channel


def incoming(sender: str = "ann@x.example", **fields: Any) -> Incoming:
    event = InboundMessage(
        external_id="m",
        sender=Person(handles=(Handle(kind="email", value=sender),)),
        at=datetime.now(UTC),
        **fields,
    )
    return Incoming(work=cast("Work", Fake()), event=event, order=0)


def parent(**changes: Any) -> Referenced:
    base: dict[str, Any] = {
        "message_id": 1,
        "contact_id": 0,
        "thread": "",
        "text": "",
        "conversation_id": 7,
        "handle_kind": "email",
        "handle_value": "ann@x.example",
        "subject": "Re: Order",
        "conversation_subject": "Order",
        "copies": [],
        "machine": "",
    }
    return Referenced(**base | changes)


@pytest.mark.parametrize(
    ("message", "found", "expected"),
    [
        (incoming(references=("a",)), {"a": parent()}, answers.ANSWERS),
        (incoming(references=("no", "x", "a")), {"a": parent()}, answers.ANSWERS),
        (incoming(references=("a",), subject="AW: Order"), {"a": parent()}, answers.ANSWERS),
        (incoming(references=("a",), subject="Holiday"), {"a": parent()}, answers.ANOTHER_SUBJECT),
        (incoming("eve@y.example", references=("a",)), {"a": parent()}, answers.STRANGER),
        (incoming("bob@x.example", references=("a",)), {"a": parent()}, answers.COLLEAGUE),
        (
            incoming("bob@gmail.com", references=("a",)),
            {"a": parent(handle_value="ann@gmail.com")},
            answers.STRANGER,
        ),
        (
            incoming("boss@y.example", references=("a",)),
            {"a": parent(copies=["boss@y.example"])},
            answers.COLLEAGUE,
        ),
        (incoming("bob@x.example", references=("a",)), {"a": parent(machine="list")}, answers.MACHINE_PARENT),
        (
            incoming("bob@x.example", references=("a", "b")),
            {"a": parent(machine="list"), "b": parent()},
            answers.COLLEAGUE,
        ),
        (
            incoming("mailer-daemon@y.example", references=("a",), machine="bounce"),
            {"a": parent()},
            answers.BOUNCED,
        ),
        (incoming(references=("theirs@another.example",)), {}, ""),
    ],
)
def test_what_it_answers(message: Incoming, found: dict[str, Referenced], expected: str) -> None:
    answer = answer_of(message, found)
    assert (answer.why if isinstance(answer, Answer) else answer) == expected
    joined = {answers.ANSWERS, answers.ANOTHER_SUBJECT, answers.COLLEAGUE, answers.BOUNCED}
    assert isinstance(answer, Answer) == (expected in joined)


def test_a_signed_address_names_its_conversation() -> None:
    reference = f"token:{token_for(SECRET, 42)}"
    answer = answer_of(incoming("eve@y.example", references=(reference,)), {})
    assert isinstance(answer, Answer)
    assert (answer.conversation_id, answer.is_same) == (42, False)
    assert conversation_of(SECRET, reference.upper().replace("TOKEN:", "token:")) == 42


@pytest.mark.parametrize(
    "reference",
    [
        f"token:{token_for(b'another installation', 42)}",
        f"token:{token_for(SECRET, 42)[:-1]}",
        f"token:{token_for(SECRET, 42).replace('c42', 'c43')}",
        token_for(SECRET, 42),
        "token:c42-",
        "token:" + "9" * 200,
        "token:c٤٢-" + "a" * 16,
    ],
)
def test_what_was_not_signed_here_names_nothing(reference: str) -> None:
    assert conversation_of(SECRET, reference) is None
    assert conversation_of(b"", reference) is None


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: RE: Fwd: Order", "Order"),
        ("Отв: Re[2]: Заказ  №7", "Заказ №7"),
        ("回复：订单", "订单"),
        ("Regarding: x", "Regarding: x"),
        ("", ""),
    ],
)
def test_subjects_without_their_prefixes(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare
