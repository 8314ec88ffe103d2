"""A connector that takes JSON at its door and remembers what it is asked to send; outcomes can be scripted."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
import orjson

from connectors.contract import (
    Abilities,
    Amendment,
    Answer,
    Attachment,
    CallStep,
    ChannelConfig,
    ConnectorSpec,
    Context,
    Event,
    Handle,
    Health,
    InboundMessage,
    Malformed,
    Outbound,
    Person,
    RawInput,
    Receipt,
    ReceiptState,
    Sent,
    Setting,
    Source,
    State,
    Step,
    Trust,
    Unsupported,
    Unverified,
)


class Payload(msgspec.Struct):
    """What the sink's door takes."""

    id: str
    sender: str = ""
    text: str = ""
    type: str = "message"
    name: str = ""
    kind: str = "phone"
    trust: str = "proven"
    at: float = 0
    step: str = ""
    call: str = ""
    state: str = ""
    machine: str = ""
    choice: str = ""
    outbound: bool = False
    duration: int | None = None
    recording: str = ""
    also: list[dict[str, str]] = []
    references: list[str] = []
    thread: str = ""
    file: str = ""
    user: str = ""
    utm: dict[str, str] = {}


DECODER = msgspec.json.Decoder(Payload)


class Sink:
    """Accepts everything at its door, sends into a list. `script` may raise an outcome for a message, or return one."""

    def __init__(
        self, *, id_: str = "sink", handle_kind: str = "phone", abilities: Abilities | None = None
    ) -> None:
        self.spec = ConnectorSpec(
            id=id_,
            title="Sink",
            handle_kind=handle_kind,
            settings=(Setting(name="token", label="Token", type="secret"),),
            abilities=abilities or Abilities(buttons=True, per_second=100_000, receipts=True, calls=True),
            parse_at_door=True,
        )
        self.sent: list[Outbound] = []
        self.count = 0
        self.keep = True
        self.seen: Counter[str] = Counter()
        self.script: Callable[[Outbound], object] | None = None
        self.amended: list[Amendment] = []
        self.amend_script: Callable[[Amendment], object] | None = None
        self.typed: list[Handle] = []

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        token = channel.settings.get("token")
        if token and not hmac.compare_digest(raw.headers.get("x-token", ""), str(token)):
            raise Unverified("The token is not right.")

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        return Answer(body=b"hello") if raw.method == "GET" else None

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        return raw.headers.get("idempotency-key")

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        return Answer(body=b'{"id":%d}' % journal_id, mime="application/json")

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        try:
            payload = DECODER.decode(raw.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Malformed(str(error)) from error
        if payload.type == "bug":
            raise RuntimeError("the parser has a bug")
        at = datetime.fromtimestamp(payload.at, UTC) if payload.at else raw.received_at
        sender = Person(
            handles=(
                Handle(kind=payload.kind, value=payload.sender, trust=Trust(payload.trust), evidence="sink"),
                *(
                    Handle(
                        kind=h["kind"],
                        value=h["value"],
                        trust=Trust(h.get("trust", "proven")),
                        evidence="sink",
                    )
                    for h in payload.also
                ),
            ),
            name=payload.name,
        )
        if payload.type == "message":
            return [
                InboundMessage(
                    external_id=payload.id,
                    sender=sender,
                    at=at,
                    text=payload.text,
                    thread=payload.thread,
                    choice=payload.choice,
                    machine=payload.machine,
                    outbound=payload.outbound,
                    references=tuple(payload.references),
                    source=Source(utm=payload.utm) if payload.utm else None,
                    attachments=(Attachment(name=payload.file, mime="text/plain", content=b"file"),)
                    if payload.file
                    else (),
                )
            ]
        if payload.type == "call":
            return [
                CallStep(
                    call_id=payload.call,
                    key=payload.id,
                    step=Step(payload.step),
                    at=at,
                    caller=sender,
                    duration=payload.duration,
                    recording_url=payload.recording,
                    user=payload.user,
                    outbound=payload.outbound,
                )
            ]
        if payload.type == "receipt":
            return [Receipt(external_id=payload.id, state=ReceiptState(payload.state), at=at)]
        raise Unsupported(payload.type)

    async def send(self, message: Outbound, context: Context) -> Sent:
        self.seen[message.delivery_id] += 1
        result: object = None
        if self.script:
            result = self.script(message)
            if asyncio.iscoroutine(result):
                result = await result
        self.count += 1
        if self.keep:
            self.sent.append(message)
        if isinstance(result, Sent):
            return result
        return Sent(external_id=f"out-{message.delivery_id}")

    async def amend(self, amendment: Amendment, context: Context) -> None:
        self.amended.append(amendment)
        if self.amend_script:
            result = self.amend_script(amendment)
            if asyncio.iscoroutine(result):
                await result

    async def typing(self, to: Handle, thread: str, context: Context) -> float:
        self.typed.append(to)
        return 5.0

    async def probe(self, context: Context) -> Health:
        return Health(state=State.CONNECTED, sentence="The sink is open.")


def body(**fields: object) -> bytes:
    """A request body for the sink's door."""
    return orjson.dumps(fields)
