"""What a connector says by another protocol than HTTP, told to the client that the platform lent: for the channel's log."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from connectors.contract import Exchange, Http, Witness

_WITNESS: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def overheard(http: Http) -> Generator[None]:
    """Within this, what `say` is told reaches the channel that this client was lent to."""
    before = _WITNESS.set(http if isinstance(http, Witness) else None)
    try:
        yield
    finally:
        _WITNESS.reset(before)


def say(exchange: Exchange) -> None:
    """Tell whoever listens; nobody does where a connector is tried by itself."""
    witness = _WITNESS.get()
    if witness is not None:
        witness.heard(exchange)
