"""Every kind of fact of every floor, in one table: what it is called, what it says, and who may hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm_core import facts as crm
from crm_core.events import ABOUT, Fact, Written, names
from crm_core.users.model import Viewer
from inbox import facts as inbox

KINDS: Mapping[str, type[Fact]] = {kind.kind: kind for kind in (*crm.KINDS, *inbox.KINDS)}
PUBLIC: Sequence[str] = tuple(name for name, kind in KINDS.items() if kind.scope)
"""What webhooks may subscribe to."""
ALL = "*"
"""A subscription to whatever is public."""


def title_of(kind: str) -> str:
    """A sentence for people; a kind of another version is shown by its name."""
    return KINDS[kind].title if kind in KINDS else kind


def scopes_of(subscribed: Iterable[str]) -> set[str]:
    """The resources of the API that one must be able to read to be told of these kinds."""
    wanted = set(subscribed)
    return {kind.scope for name, kind in KINDS.items() if kind.scope and (name in wanted or ALL in wanted)}


def read(written: Written) -> Fact | None:
    """The typed fact; None for a kind that only a newer version knows."""
    kind = KINDS.get(written.kind)
    about = {name: getattr(written, name) for name in ABOUT}
    return kind.read(about, written.data) if kind else None


def data_for(written: Written, viewer: Viewer) -> dict[str, Any]:
    """What a reader is shown of a fact's data: who may not see customers reads no word of theirs or about them."""
    if viewer.can("customers"):
        return dict(written.data)
    kind = KINDS.get(written.kind)
    if kind is None:
        return {}
    told = names(kind)
    hidden = {told[name] for name in kind.words}
    return {
        name: value for name, value in written.data.items() if name in told.values() and name not in hidden
    }
