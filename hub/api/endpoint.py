"""An endpoint of the API: one value that serves the request and writes the OpenAPI document alike."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from hub.runtime import Runtime
from inbox.changes import Change


@dataclass(slots=True, kw_only=True)
class Call:
    """A request being served, inside a transaction. What is in `changes` is published after the commit.

    `readable`, `writable`: the resources that whoever asks may read and change."""

    runtime: Runtime
    conn: Conn = field(default=cast("Conn", None), repr=False)
    viewer: Viewer
    path: dict[str, str]
    readable: frozenset[str]
    writable: frozenset[str] = frozenset()
    query: Any = None
    body: Any = None
    file: File | None = None
    changes: list[Change] = field(default_factory=list[Change])

    def id(self, name: str = "id") -> int:
        """A number in the address; the rim has checked its size."""
        return int(self.path[name])

    def publish(self, changes: Sequence[Change]) -> None:
        self.changes.extend(changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one address. `query`, `body` and `returns` are types that msgspec knows; None is nothing.

    `takes_bytes`: the body is a file of at most so many bytes. `returns` is `File` where the answer is one.
    `or_returns`: what the answer is where the query asks for another shape. `most_bytes`: of a larger body.
    `is_deprecated`: it is served as before, and the document says so.
    """

    method: str
    path: str
    resource: str
    summary: str
    handler: Callable[[Call], Awaitable[Any]]
    query: Any = None
    body: Any = None
    returns: Any = None
    or_returns: Any = None
    most_bytes: int = 0
    status: int = 200
    takes_bytes: int = 0
    is_deprecated: bool = False

    @property
    def is_writing(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An answer that is no JSON: downloaded, never shown."""

    name: str
    mime: str
    content: bytes = b""
    chunks: AsyncIterable[bytes] | None = None
    """Instead of the content, where it is large."""


def endpoints_of(resource: str) -> Callable[..., Endpoint]:
    """A short way to write the endpoints of one resource."""

    def endpoint(
        method: str, path: str, summary: str, handler: Callable[[Call], Awaitable[Any]], **types: Any
    ) -> Endpoint:
        return Endpoint(
            method=method, path=path, resource=resource, summary=summary, handler=handler, **types
        )

    return endpoint
