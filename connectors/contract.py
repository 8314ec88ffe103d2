"""What a connector is given and what it gives back: the only words that connectors and the inbox share.

The required part is small (`Connector`); everything else is an ability that the platform asks for by type
(`Door`, `Receiver`, `Files`). `parse` is pure, so that a fixed parser can be run again over the journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Protocol, TypeAlias, runtime_checkable

from connectors.tokens import OwnTokens, Tokens

ExternalId = NewType("ExternalId", str)
"""An id made by a provider; only its connector makes one."""

Settings: TypeAlias = Mapping[str, Any]
"""A channel's settings, secrets decrypted; validated against `ConnectorSpec.settings`."""


# ---------------------------------------------------------------- who


class Trust(StrEnum):
    """Whether a handle joins a contact by itself (proven) or only suggests it (claimed)."""

    PROVEN = "proven"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """An address of a person: `kind` is email, phone, telegram, visitor, ...; `value` is normalised, `raw` as it came.

    `evidence` is a short code that says why we believe it: `mail_from`, `caller_id`, `telegram_sender`,
    `telegram_contact`, `signed_visitor`, `visitor_cookie`, `form_field`, `typed`, `whatsapp_sender`.
    """

    kind: str
    value: str
    trust: Trust = Trust.PROVEN
    evidence: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote or called. The first handle is the one that replies go to; the first proven one, else the first, orders
    the person's inputs."""

    handles: tuple[Handle, ...]
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a request came from, kept for attribution. `visits` are `(ISO time, address, title)`, oldest first."""

    utm: Mapping[str, str] = field(default_factory=dict[str, str])
    referrer: str = ""
    landing_page: str = ""
    page: str = ""
    visits: tuple[tuple[str, str, str], ...] = ()


# ---------------------------------------------------------------- in


@dataclass(frozen=True, slots=True, kw_only=True)
class RawInput:
    """One raw input as it came, before anybody understood it: what the journal keeps.

    `transport` is http, imap, smtp, poll or local. Header names are lower case. `key` is the provider's own name of this
    input (IMAP `folder:uidvalidity:uid`, Telegram update id, `Idempotency-Key`): a repeat of it is not stored again.
    `suffix` is what followed `/in/{channel}/`. `meta` is what the transport knows besides (SMTP envelope, IMAP folder).
    """

    transport: str
    body: bytes
    received_at: datetime
    key: str | None = None
    method: str = "POST"
    suffix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    peer: str = ""
    meta: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message: its bytes, or a `url` / provider `ref` from which it is fetched after the message is stored."""

    name: str
    mime: str = "application/octet-stream"
    size: int = 0
    content: bytes | None = None
    url: str = ""
    ref: str = ""
    content_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a bounce says of one recipient of a message of ours; either of `external_id` and `recipient` may be unknown.

    `final` means that it is given up (else the server still tries); `dead` that the address takes no mail at all.
    """

    external_id: str = ""
    recipient: str = ""
    reason: str = ""
    final: bool = True
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the provider gave with a message for the answer to it (a reply token): good until a time, and for one answer alone
    where it `is_once`."""

    fields: Mapping[str, str]
    until: datetime
    is_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message of a person on a channel.

    `external_id` is unique in the channel: a repeat changes nothing. `thread` separates conversations of one sender
    where the provider does (a Telegram chat, a form submission); empty means one conversation per sender. `references` are
    external ids of earlier messages, nearest first, received or sent by us. `machine` names what wrote it if no person
    did: auto-reply, bounce, list, own, bot, or a word of the connector's; such a message is kept and never
    answered. `outbound` marks a message that one of our people wrote on another device. `choice` is the value of a
    pressed button. `fields` are further answers of a form, in order. `history` is quoted text folded away from `text`.
    `failed_ids` are external ids of our messages that this one (a bounce) declares undeliverable; `failures` tell of
    whom and why. `proof` is what the provider found out about the sender, kept as evidence.
    `copies` are the other addresses it went to (To and Cc but ours): who answers to all writes to them, too.
    `forwarded` tells whose message this one sends on: name, address, date, subject, as far as known; claimed, not proven.
    `group` names what the provider sends in parts (an album), unique in the channel: its parts become one message.
    `answer_to` are further addresses that an answer goes to, because the sender asked so (several in Reply-To).
    `forged`: what the provider found out speaks against the sender's address; it gets a thread and a contact of its own.
    `ticket` is what an answer to it may carry back.
    """

    external_id: str
    sender: Person
    at: datetime
    text: str = ""
    html: str = ""
    history: str = ""
    subject: str = ""
    thread: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    choice: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    source: Source | None = None
    machine: str = ""
    failed_ids: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    proof: Mapping[str, str] = field(default_factory=dict[str, str])
    copies: tuple[str, ...] = ()
    forwarded: Mapping[str, str] = field(default_factory=dict[str, str])
    outbound: bool = False
    kind: str = "message"
    group: str = ""
    answer_to: tuple[str, ...] = ()
    forged: bool = False
    ticket: Ticket | None = None


class Change(StrEnum):
    """What became of a message that was written before."""

    EDITED = "edited"
    DELETED = "deleted"
    REACTED = "reacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Somebody changed a message, took it back or reacted to it; `external_id` is the message's own.

    `text` and `html` are its new words; `reactions` is all that the sender feels about it now, empty for nothing. `instead`
    is taken in as a message where the earlier one is not known here.
    """

    external_id: str
    sender: Person
    change: Change
    at: datetime
    text: str = ""
    html: str = ""
    reactions: tuple[str, ...] = ()
    instead: InboundMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something happened around a conversation: a line in its thread, if there is one; it begins none.

    `key` makes a repeat harmless. `reachable` says whether the sender can be written to from now on; None: nothing about it.
    `refuses` says whether they want no advertising from now on, `becomes` by which handle the same person is reached instead
    of their first one (a changed number). `moves_to` is the new name of `thread`.
    """

    key: str
    sender: Person
    at: datetime
    text: str
    thread: str = ""
    reachable: bool | None = None
    refuses: bool | None = None
    becomes: Handle | None = None
    moves_to: str = ""


class Step(StrEnum):
    """A step of a call, as PBXes tell them; `recorded` brings the recording alone.

    `queued`: the exchange took the call, no person yet (a queue, a menu, or our own leg of a call that we make).
    """

    RINGING = "ringing"
    QUEUED = "queued"
    ANSWERED = "answered"
    ENDED = "ended"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """One step of one call. Steps of a `call_id` fold into one call in whatever order they come.

    `caller` is the outside party in both directions. `number` is ours, E.164 or as it came. `user` is the extension or
    name of who is rung or answered. `duration` is seconds of talk. `outcome` of `ended`: answered, missed, busy,
    voicemail, failed, or empty when the provider does not say. `key` makes a repeated step harmless. `leg` names the
    telephone or branch that the step tells of, where the provider tells them apart; empty is the call as a whole.
    `recording_ref` names a recording that has no address; `Files.fetch` gets it as the attachment's `ref`.
    """

    call_id: str
    key: str
    step: Step
    at: datetime
    caller: Person
    outbound: bool = False
    number: str = ""
    user: str = ""
    duration: int | None = None
    outcome: str = ""
    recording_url: str = ""
    leg: str = ""
    recording_ref: str = ""


class ReceiptState(StrEnum):
    """What a provider says of a message of ours."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The provider's word on a message of ours, by its `external_id`. States only rise; `failed` is final."""

    external_id: str
    state: ReceiptState
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Something passing that is shown but not stored as a message: typing, seen, a page visit."""

    sender: Person
    what: str
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An input that a rule leaves out; counted, kept in the journal, and shown with its reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One event of an input that could not be read (`reason`), beside others that could: it alone waits in quarantine."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The provider tells of trouble with the channel itself (events were left out, the account is limited): a line in the
    channel's log, and word to whoever wants to hear of such."""

    reason: str


Event: TypeAlias = (
    InboundMessage | Revision | Notice | CallStep | Receipt | Presence | Ignored | Alarm | Unread
)


# ---------------------------------------------------------------- out


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A quick reply (`reply`), a request for the person's own phone number (`contact`) or a link (`url`)."""

    label: str
    value: str
    kind: str = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """A file to send; small enough for the channel's `Abilities.file_limit`. `content_id`: shown within the HTML.

    `url` is a signed address at the hub, good for a day, for providers that fetch files themselves."""

    name: str
    mime: str
    content: bytes
    content_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The message of the customer that ours answers."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the provider's messages that a message of ours became. `carries`: text, caption (text under a file) or file."""

    external_id: str
    carries: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message to send. `delivery_id` (UUID) stays the same over retries: an idempotency key where the provider has one.

    `references` are external ids of earlier messages of the conversation, nearest first. `by_bot` marks automatic mail.
    `reply_token` is signed and names the conversation (a mail connector puts it into Reply-To). `copies` and `blind_copies`
    are further addresses (cc, bcc). `answered` is the message this one answers, for quoting. `signature` is the writer's own.
    `marked` is the same text in our small mark-up (connectors.markup), empty where nothing in it is formatted.
    `replies_to` is the external id of the message that a person chose to answer. `arrived` are the parts that went out in
    earlier tries, in order: only what follows them is sent.
    `refuse_url` is where whoever gets an automatic message that they did not ask for may refuse more of them.
    `ticket` is what a message that it answers left for an answer, while that is good; it is given to the first try alone.
    """

    delivery_id: str
    to: Handle
    text: str
    html: str = ""
    subject: str = ""
    thread: str = ""
    to_name: str = ""
    sender_name: str = ""
    signature: str = ""
    references: tuple[str, ...] = ()
    files: tuple[OutboundFile, ...] = ()
    buttons: tuple[Button, ...] = ()
    by_bot: bool = False
    reply_token: str = ""
    copies: tuple[str, ...] = ()
    blind_copies: tuple[str, ...] = ()
    answered: Answered | None = None
    marked: str = ""
    replies_to: str = ""
    arrived: tuple[Part, ...] = ()
    refuse_url: str = ""
    ticket: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took the message. `note` is shown to the manager (say, which file was left out). `parts` are all the
    messages it became, in order, those of earlier tries included; empty for the plain case of one text."""

    external_id: str
    at: datetime | None = None
    note: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What becomes of a message of ours that went out as `parts`: new words, or that it disappears (`removes`).

    `amendment_id` (UUID) stays the same over retries.
    """

    amendment_id: str
    to: Handle
    parts: tuple[Part, ...]
    thread: str = ""
    text: str = ""
    marked: str = ""
    removes: bool = False


# ---------------------------------------------------------------- errors: what happens next


class Unverified(Exception):
    """At a door: not from whom it claims to be. 401; nothing is stored; logged as security."""


class Malformed(Exception):
    """An input nobody can read: the raw bytes are kept in quarantine with this reason."""


class Unsupported(Exception):
    """An input we can read but do not know (a new kind of update): kept, counted, shown as new from the provider."""


class Rejected(Exception):
    """At a door with a person behind it (a form): not accepted, nothing stored; `fields` name what to mend."""

    def __init__(self, reason: str, *, fields: Mapping[str, str] | None = None, status: int = 422) -> None:
        super().__init__(reason)
        self.fields = dict(fields or {})
        self.status = status


class SendError(Exception):
    """A try that did not end in `Sent`; the subclass says what happens next."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryAgain(SendError):
    """Passing: the platform tries again, after `after` seconds if the provider named a time.

    `arrived` are the parts that did go out; the next try gets them as `Outbound.arrived`.
    """

    def __init__(self, reason: str, *, after: float | None = None, arrived: Sequence[Part] = ()) -> None:
        super().__init__(reason)
        self.after = after
        self.arrived = tuple(arrived)


class SlowDown(TryAgain):
    """We were too fast for the provider, for this conversation or as a whole: it alone knows.

    The conversation waits; where a second one is told the same meanwhile, the channel waits, over all processes.
    """


class Refused(SendError):
    """The provider refuses this message for good; another message may pass."""


class PersonUnreachable(SendError):
    """This person cannot be reached at this handle (blocked, deactivated, no such mailbox)."""


class CredentialsDead(SendError):
    """The channel's credentials no longer work: the channel pauses and asks for new ones."""


class Unknown(SendError):
    """The line broke after the request: sent or not, nobody can tell. Never sent again by itself.

    `arrived` are parts that are known to have gone out; who sends the message again by hand does not repeat them.
    """

    def __init__(self, reason: str, *, arrived: Sequence[Part] = ()) -> None:
        super().__init__(reason)
        self.arrived = tuple(arrived)


# ---------------------------------------------------------------- states and what a connector says of itself


class State(StrEnum):
    """A channel's state; each goes with a sentence and an action for the user."""

    UNCONFIGURED = "unconfigured"
    CONNECTING = "connecting"
    CATCHING_UP = "catching_up"
    CONNECTED = "connected"
    TRANSIENT = "transient"
    NEEDS_CREDENTIALS = "needs_credentials"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a probe or a receiver reports: the state, a sentence for people, and what they can do about it."""

    state: State
    sentence: str = ""
    remedy: str = ""
    retry_at: datetime | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of the settings form. `type`: text, secret, number, flag, choice, list or long.

    `goes_to` names the settings that say where a secret is sent: when one of them changes, the secret is asked for anew.
    `()`: it never leaves the hub (it only checks or signs). None: not said, so every setting that reads like a place counts.
    `stands_in_for` names another secret: where that one is empty, this one is sent in its place.
    """

    name: str
    label: str
    type: str = "text"
    required: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    goes_to: tuple[str, ...] | None = None
    stands_in_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a channel can carry. Sizes in characters and bytes; `per_second` is the pace the provider allows a channel.

    `replies` is False for a channel one cannot write to (a phone line, a form without an address).
    `idempotent`: the provider drops a repeat of `delivery_id`, so that an `Unknown` may be tried again.
    `door_per_minute` limits one peer at a door with people behind it (a form); 0 for a provider's door.
    `marks` names the marks that a text may carry (`whatsapp`: *bold*, _italic_, ~strike~); empty: the text goes out bare.
    `reply_to`: an answer may name the message it answers. `edits` and `deletes` go with the ability `Amending`;
    `delete_hours` is how long deleting is possible, 0 for ever. `chat_pause` and `thread_pause` are the seconds between
    two messages to one person and into one group.
    """

    replies: bool = True
    buttons: bool = False
    contact_button: bool = False
    html: bool = False
    subject: bool = False
    files_in: bool = False
    files_out: bool = False
    receipts: bool = False
    calls: bool = False
    idempotent: bool = False
    max_text: int = 4096
    file_limit: int = 20 * 1024 * 1024
    per_second: float = 20.0
    body_limit: int = 1024 * 1024
    door_per_minute: int = 0
    marks: str = ""
    reply_to: bool = False
    edits: bool = False
    deletes: bool = False
    delete_hours: int = 0
    chat_pause: float = 0.0
    thread_pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSpec:
    """A connector's card: its id (folder name), its title, the handle kind of its senders, settings and abilities.

    `other_kinds` are further kinds of handles that its people have and that one can write to (an id beside a number).
    `creates_lead` is False where an input is not a request (a newsletter archive). `parse_at_door` is True where `parse` is
    quick enough (< 1 ms) to run before the answer; the platform then orders inputs by sender over all processes.
    `tickets`: messages may bring a `Ticket` for their answer.
    """

    id: str
    title: str
    handle_kind: str
    settings: tuple[Setting, ...] = ()
    abilities: Abilities = Abilities()
    summary: str = ""
    parse_at_door: bool = False
    creates_lead: bool = True
    icon: str = "message"
    level: str = "code"
    other_kinds: tuple[str, ...] = ()
    tickets: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds of handles that a message can be addressed to."""
        return (self.handle_kind, *self.other_kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """One configured channel as its connector sees it. `region` is ISO 3166-1 alpha-2 for local phone numbers.

    `public_url` is the hub's address as providers reach it, without a trailing slash; the door is
    `{public_url}/in/{slug}`. `secret` is the installation's key for tokens of this channel.
    """

    id: int
    slug: str
    name: str
    settings: Settings
    region: str = ""
    language: str = "en"
    public_url: str = ""
    secret: bytes = b""


# ---------------------------------------------------------------- the outside world, as a connector gets it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer, body already read and limited in size. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """The HTTP client the platform lends: time-outs, size limits and pooling are its matter.

    Raises `TryAgain` when no connection could be made, `Unknown` when the line broke after the request went out.
    `method` in small letters (`get`) says that the request acts: it is never sent twice, as a GET may be.
    `guarded=True` is for an address that came from outside: private and loopback addresses are refused with `Refused`
    unless their host is listed in the channel's setting `trusted_hosts`.
    """

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | Any = None,
        body: bytes | None = None,
        timeout: float = 20.0,
        limit: int = 32 * 1024 * 1024,
        guarded: bool = False,
    ) -> Reply: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was asked of a provider and what it answered, for the channel's log. Secrets are taken out by who keeps it.

    `request` is its line (`POST https://…`), `sent` the body as it went (a mapping, bytes or a text), `status` the answer's
    number where it came to one, `reason` what went wrong where it did not.
    """

    protocol: str
    request: str
    sent: Any = None
    status: int | None = None
    answer: bytes = b""
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_fine(self) -> bool:
        return not self.reason and (self.status is None or self.status < 400)


@runtime_checkable
class Witness(Protocol):
    """Ability of the lent client: hears what a connector said by another protocol than HTTP. Never raises, never waits."""

    def heard(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What `send`, `probe` and `fetch` may use. `tokens` keeps the channel's access tokens."""

    channel: ChannelConfig
    http: Http
    tokens: Tokens = field(default_factory=OwnTokens)


class ReceiverContext(Protocol):
    """What `Receiver.run` may use. `accept` returns once the inputs and the checkpoint are committed together."""

    channel: ChannelConfig
    http: Http

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        """Commit raw inputs and, in the same transaction, the checkpoint called `name`. Repeats by `key` are harmless."""
        ...

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        """The last committed checkpoint called `name`, or an empty mapping."""
        ...

    async def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys of raw inputs the journal has."""
        ...

    async def report(self, health: Health) -> None:
        """Tell the channel's state; cheap to call often, stored when it changes and as a heartbeat."""
        ...

    async def note(self, sentence: str) -> None:
        """A line for the channel's log, say "gap closed: 41 messages"."""
        ...


# ---------------------------------------------------------------- the contract


@runtime_checkable
class Connector(Protocol):
    """The required part."""

    @property
    def spec(self) -> ConnectorSpec: ...

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        """Pure. Raises `Malformed` or `Unsupported`; any other exception is a bug and quarantines the input alike."""
        ...

    async def send(self, message: Outbound, context: Context) -> Sent:
        """One try. Raises a `SendError`."""
        ...

    async def probe(self, context: Context) -> Health:
        """Whether the channel works now; run before saving its settings and every few minutes. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a door answers."""

    status: int = 200
    body: bytes = b""
    mime: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@runtime_checkable
class Door(Protocol):
    """Ability: receives HTTP requests at `/in/{slug}[/{suffix}]`."""

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        """Raise `Unverified` unless the request is from the provider; constant time. Also `Rejected` for a person's form."""
        ...

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        """The answer to a subscription handshake or a CORS preflight, which is not journaled; None for anything else."""
        ...

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        """The input's own id if it has one (`Idempotency-Key`, an `id` field): a repeat gets the first one's answer."""
        ...

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        """The answer once the input is committed; `journal_id` is the same for a repeat."""
        ...


@runtime_checkable
class Receiver(Protocol):
    """Ability: pulls inputs (IMAP, getUpdates, a PBX socket). One runs per channel over all machines."""

    async def run(self, context: ReceiverContext) -> None:
        """Run until cancelled. Transient faults are its own matter; `CredentialsDead` pauses the channel."""
        ...


@runtime_checkable
class Files(Protocol):
    """Ability: fetches an attachment by `ref`, or a recording by address."""

    async def fetch(self, attachment: Attachment, context: Context) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a provider says of one of its users. `picture` is an address, fetched like any that came from outside."""

    name: str = ""
    picture: str = ""
    language: str = ""


@runtime_checkable
class Profiling(Protocol):
    """Ability: looks up who a sender is, where the events do not tell. Asked after the message is stored."""

    async def profile(self, handle: Handle, context: Context) -> Profile:
        """Raises `TryAgain` or `SlowDown` to be asked later; any other `SendError`: it tells nothing of this one."""
        ...


@runtime_checkable
class Outgoing(Protocol):
    """Ability: says whether a channel is set up to send; one without it always is."""

    def sends(self, channel: ChannelConfig) -> bool: ...


@runtime_checkable
class EditsMessages(Protocol):
    """Ability: changes or removes a message that went out. Doing it twice is the same as once."""

    async def amend(self, amendment: Amendment, context: Context) -> None:
        """One try. Raises a `SendError`; an `Unknown` is tried again, since a repeat changes nothing."""
        ...


@runtime_checkable
class Typing(Protocol):
    """Ability: shows the person that somebody writes to them."""

    async def typing(self, to: Handle, thread: str, context: Context) -> float:
        """Tell it once; for how many seconds it is shown. Raises a `SendError`, and then nothing is shown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A call to place: the telephone at `extension` (one of ours) rings first, then `to` (E.164).

    `number` is ours to show, where one is chosen. `dial_id` (UUID) names this wish, also to the provider.
    """

    dial_id: str
    to: str
    extension: str
    number: str = ""


@runtime_checkable
class Dialling(Protocol):
    """Ability: rings our telephone and then somebody's. The call itself is told by its steps, like any other."""

    def dials(self, channel: ChannelConfig) -> bool:
        """Whether this channel is set up to place calls."""
        ...

    async def dial(self, call: Dial, context: Context) -> str:
        """Ask once; the provider's id of the call, or empty. Raises a `SendError`; `Unknown` where it may ring."""
        ...


@runtime_checkable
class CallerLookup(Protocol):
    """Ability of a door: the provider asks what to do with a caller, and the answer depends on who it is.

    The platform then puts `{"blocked": bool, "extension": str, "name": str}` under `route` into the input's `meta`
    before it asks for the door's answer: the extension of the caller's own manager while that one is in.
    """

    def asks_for(self, raw: RawInput, channel: ChannelConfig) -> Handle | None:
        """The caller whom the provider asks about; None where it does not ask. Pure; never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """Settings that were found, a sentence on how, and what the user has to do for them to work."""

    settings: Mapping[str, str]
    sentence: str
    remedy: str = ""


@runtime_checkable
class Detecting(Protocol):
    """Ability: finds settings by itself from the few that a person knows. Never raises."""

    async def detect(self, settings: Settings, http: Http) -> Detected: ...


@runtime_checkable
class OAuthConsent(Protocol):
    """Ability: an account's owner agrees on a page of the provider (OAuth), and comes back with a code."""

    def consent_url(self, settings: Settings, *, redirect: str, state: str, challenge: str) -> str:
        """Where to send the owner; empty where the settings do not suffice. `challenge` is PKCE's, S256."""
        ...

    async def consented(
        self, context: Context, *, code: str, verifier: str, redirect: str
    ) -> Mapping[str, str]:
        """The settings to keep. Raises `CredentialsDead` or `TryAgain`."""
        ...


@runtime_checkable
class SelfTest(Protocol):
    """Ability: sends something to itself before a channel is saved. None where that cannot be tried. Never raises."""

    async def rehearse(self, context: Context) -> Health | None: ...


@runtime_checkable
class Setup(Protocol):
    """Ability: registers itself with the provider when a channel is saved (setWebhook) and undoes it when removed."""

    async def connect(self, context: Context) -> Health: ...

    async def disconnect(self, context: Context) -> None: ...


Registry: TypeAlias = Mapping[str, Connector]
