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
    """One way to verify a request. `type`: hmac, secret, basic."""

    type: str
    secret: str
    where: str = "header"
    name: str = ""
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    over: str = "body"
    timestamp: str = ""
    max_age: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """A subscription handshake: on these terms `answer` is given, and nothing is stored."""

    method: str
    token: Ask
    setting: str
    answer: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one kind of event becomes. `kind`: message, call, receipt, presence or ignore."""

    condition: Ask | None
    each: Ask | None
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to the provider."""

    method: str
    url: Fill
    headers: Fill | None = None
    json: Fill | None = None
    form: Fill | None = None
    file_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What an answer means: the first list with a condition that holds; `ok` first, else by status."""

    ok: Ask
    external_id: Ask
    reason: Ask | None = None
    retry_after: Ask | None = None
    retry: tuple[Ask, ...] = ()
    credentials: tuple[Ask, ...] = ()
    unreachable: tuple[Ask, ...] = ()
    refused: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to send: for messages for which `condition` holds. `of`: the message, or each of its files."""

    condition: Fill | None
    of: str
    request: Request
    upload: Request | None = None
    upload_id: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole manifest."""

    spec: ConnectorSpec
    source: str
    checks: tuple[Check, ...] = ()
    handshake: Handshake | None = None
    split: Ask | None = None
    key: Ask | None = None
    cases: tuple[Case, ...] = ()
    reply_status: int = 200
    reply_mime: str = "application/json"
    reply_body: Fill | None = None
    variants: tuple[Variant, ...] = ()
    outcomes: Outcomes | None = None
    file_lookup: Request | None = None
    file_url: Ask | None = None
    file_headers: Fill | None = None
    probe: Request | None = None
    probe_ok: Ask | None = None
