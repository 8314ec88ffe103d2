"""A manifest as it runs: expressions and templates are compiled when it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from connectors.contract import ConnectorSpec

Root: TypeAlias = Mapping[str, Any]
Ask: TypeAlias = Callable[[Root], Any]
"""A compiled JMESPath expression, or a constant, with its format and map applied; None for nothing."""
Fill: TypeAlias = Callable[[Root], Any]
"""A compiled template, or a structure with templates at its leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One way to verify a request. `type`: hmac, digest (a plain hash of `signed` and the secret), secret, basic,
    ed25519, jwt. Header names are lower case.

    `over` is what is signed: `body`, `url_and_fields`, `plivo_v3`, `sorted_fields`, or a pattern such as
    `v0:{timestamp}:{body}`; or else `signed`, an expression, tells it, where a provider signs some fields only. `value` and
    `time` are expressions for a signature (a secret, a token) and its time that stand in the body. `part` and
    `timestamp_part` name a `name=value` part of a header that holds several. `applies` says for which requests this check is;
    `value_path` and `time_path` are the plain paths that the expressions are, for whoever makes a request.
    """

    type: str
    secret: str
    where: str = "header"
    name: str = ""
    part: str = ""
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    over: str = "body"
    timestamp: str = ""
    timestamp_part: str = ""
    max_age: float = 0
    signed: Ask | None = None
    value: Ask | None = None
    time: Ask | None = None
    applies: Ask | None = None
    value_path: str = ""
    time_path: str = ""
    key_encoding: str = "text"
    key_prefix: str = ""
    join: str = ""
    before_secret: str = ""
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """A subscription handshake: a request of `method` with the right token gets `answer`; nothing is stored."""

    method: str
    condition: Ask | None
    token: Ask | None
    setting: str
    answer: Ask
    mime: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one kind of event becomes. `kind`: message, revision, notice, call, receipt, presence, alarm or ignore.

    `people` are the asks of each handle's parts, the first one's beside the person's name and language. `answers` are the
    asks of further fields, `source` those of where a request came from, `becomes` those of a person's new handle. `answer` is
    what an answer may carry back, `answer_within` seconds.
    """

    condition: Ask | None
    kind: str
    fields: Mapping[str, Ask] = field(default_factory=dict[str, Ask])
    people: tuple[Mapping[str, Ask], ...] = ()
    attachments: tuple[Mapping[str, Ask], ...] = ()
    answers: tuple[Mapping[str, Ask], ...] = ()
    source: Mapping[str, Ask] = field(default_factory=dict[str, Ask])
    becomes: Mapping[str, Ask] = field(default_factory=dict[str, Ask])
    answer: Mapping[str, Ask] = field(default_factory=dict[str, Ask])
    answer_within: float = 0.0
    answer_once: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to the provider. `quiet`: nothing is sent to a person by it, so that a broken line may be tried again.

    `token` is set where the request needs an access token. `whole_file`: its body is the file itself. `elsewhere`: its address
    came from an answer, so that it is guarded, and gets no header that all requests share. `charset` is that of its form and
    of its answer.
    """

    method: str
    url: Fill
    headers: Fill | None = None
    json: Fill | None = None
    form: Fill | None = None
    file_field: str = ""
    quiet: bool = False
    token: TokenSource | None = None
    whole_file: bool = False
    elsewhere: bool = False
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """Where an access token comes from. `expired` says of an answer that the token in its request is over; 401 always does.
    `lasts` is in seconds; `early` seconds before, another one is fetched."""

    request: Request
    value: Ask
    lasts: Ask | None = None
    early: float = 60.0
    expired: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A request before a file is sent, and what of its answer the ones after it know, by name under `taken`."""

    request: Request
    take: Mapping[str, Ask] = field(default_factory=dict[str, Ask])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What an answer means: `ok` first, then the lists, then the status."""

    ok: Ask
    external_id: Ask
    reason: Ask | None = None
    retry_after: Ask | None = None
    credentials: tuple[Ask, ...] = ()
    unreachable: tuple[Ask, ...] = ()
    retry: tuple[Ask, ...] = ()
    refused: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to send: for messages for which `condition` holds. `of`: the message, or each of its files; `stages` come before
    the request, for a file."""

    condition: Fill | None
    of: str
    request: Request
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccess:
    """How files are fetched: `address` of a ref, or a `lookup` by ref that tells `url`; `headers` go only to
    `hosts` (a leading `*.` is any name below)."""

    address: Fill | None = None
    lookup: Request | None = None
    url: Ask | None = None
    headers: Fill | None = None
    hosts: tuple[Fill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialler:
    """How a call is placed; not without a value in each of the settings `needs`."""

    needs: tuple[str, ...]
    request: Request
    outcomes: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """How events are fetched: a request every so many seconds, under a cursor that is kept with what it brought.

    `events` is what must be there for an answer to be taken in; `more` says that there is more already.
    """

    request: Request
    every: float
    cursor: Ask | None = None
    start: Fill | None = None
    events: Ask | None = None
    more: Ask | None = None
    ok: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """How the door's address is told to the provider, asked back (`state`, `address` of its answer) and taken back."""

    request: Request
    ok: Ask | None = None
    state: Request | None = None
    address: Ask | None = None
    remove: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileAccess:
    """How a sender's name and picture are looked up."""

    request: Request
    name: Ask | None = None
    picture: Ask | None = None
    language: Ask | None = None
    ok: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole manifest. `charset` is that of requests that name none; `has_door` is False where all events are pulled."""

    spec: ConnectorSpec
    source: str
    checks: tuple[Check, ...] = ()
    handshake: Handshake | None = None
    splits: tuple[Ask, ...] = ()
    key: Ask | None = None
    cases: tuple[Case, ...] = ()
    reply_status: int = 200
    reply_mime: str = "application/json"
    reply_body: Fill | None = None
    variants: tuple[Variant, ...] = ()
    outcomes: Outcomes | None = None
    files: FileAccess = FileAccess()
    dial: Dialler | None = None
    asks: Ask | None = None
    probe: Request | None = None
    probe_ok: Ask | None = None
    example: Fill | None = None
    texts: tuple[str, ...] = ()
    pull: Pull | None = None
    register: Register | None = None
    profile: ProfileAccess | None = None
    charset: str = "utf-8"
    has_door: bool = True

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the settings that are secret."""
        return frozenset(setting.name for setting in self.spec.settings if setting.type == "secret")
