"""Facts: what happened, kept for the history and told to whoever subscribed, in the transaction in which it happened.

A kind of fact is a frozen dataclass made from `Fact`: its fields are its data. Each floor declares its own in `facts.py`;
the roof joins them into one table, from which webhooks, the history, the reactions and the API's document draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from msgspec import UNSET

from crm_core.activity import store
from crm_core.activity.model import ABOUT, Written
from crm_core.sql import Conn


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened. `user_id` is who did it; None is the product.

    Fields of a kind are its data, under the same names (`from_` is told as `from`); UNSET ones are left out.
    """

    kind: ClassVar[str] = ""
    """`noun.participle`."""
    title: ClassVar[str] = ""
    """What happened, as a sentence for people."""
    scope: ClassVar[str] = ""
    """Who may subscribe: whoever may read this resource of the API. Empty: nobody outside hears of it."""
    words: ClassVar[tuple[str, ...]] = ()
    """The fields that hold words of customers or about them."""
    is_kept: ClassVar[bool] = True
    """False where the history would only repeat what stands elsewhere: written only while somebody subscribes."""

    contact_id: int | None = None
    deal_id: int | None = None
    conversation_id: int | None = None
    company_id: int | None = None
    user_id: int | None = None

    def data(self) -> dict[str, Any]:
        """What it says beside whom it is about, as the history keeps it."""
        found = ((told, getattr(self, name)) for name, told in names(type(self)).items())
        return {told: value for told, value in found if value is not UNSET}

    @classmethod
    def read(cls, about: Mapping[str, Any], data: Mapping[str, Any]) -> Fact:
        """The fact that was written; what a version before did not know of it is UNSET."""
        values = {name: data.get(told, UNSET) for name, told in names(cls).items()}
        return cls(**{name: about.get(name) for name in ABOUT}, **values)


async def announce(conn: Conn, facts: Sequence[Fact]) -> None:
    """Write facts in one statement."""
    if not facts:
        return
    if not any(fact.is_kept for fact in facts):
        wanted = await store.subscribed(conn)  # spares sending texts that would be dropped
        facts = [fact for fact in facts if fact.kind in wanted]
        if not facts:
            return
    columns = (
        [fact.kind for fact in facts],
        [fact.contact_id for fact in facts],
        [fact.deal_id for fact in facts],
        [fact.conversation_id for fact in facts],
        [fact.company_id for fact in facts],
        [fact.user_id for fact in facts],
        [fact.data() for fact in facts],
    )
    await store.add(conn, columns)


async def subscribe(conn: Conn, kinds: Sequence[str]) -> None:
    """From now on exactly these kinds are relayed."""
    await store.subscribe(conn, kinds)


async def claim_relayed(conn: Conn, limit: int) -> list[Written]:
    """Facts to tell, oldest first; they count as told when the caller's transaction commits."""
    return await store.claim(conn, limit)


async def get(conn: Conn, ids: Sequence[int]) -> list[Written]:
    """Facts that were written; those that are gone are left out."""
    return await store.of(conn, ids)


@cache
def names(kind: type[Fact]) -> Mapping[str, str]:
    """The fields of a kind that are its data, and how each is told."""
    return {each.name: each.name.rstrip("_") for each in fields(kind) if each.name not in ABOUT}
