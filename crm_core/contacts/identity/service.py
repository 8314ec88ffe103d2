"""Resolves sightings to contacts: one statement when everybody is known, two or three more for new people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import asyncpg

from crm_core import events, normal
from crm_core.bin_facts import ContactRestored
from crm_core.contacts.identity import store
from crm_core.contacts.identity.model import Added, Known, Plan
from crm_core.contacts.identity.plan import make_plan, normalised
from crm_core.contacts.merging import service as merging
from crm_core.contacts.model import Resolved, SenderIdentity
from crm_core.facts import ContactCreated
from crm_core.sql import Conn
from values.sentences import phrase

TRIES = 8


async def resolve(conn: Conn, identities: Sequence[SenderIdentity]) -> list[Resolved]:
    """Who each sighting is, in the same order; unknown people become contacts.

    The caller holds locks on the primary handles. Other proven handles may race with another transaction: the loser
    takes back what it wrote, reads again and decides anew.
    """
    seen = [normalised(identity) for identity in identities]
    keys = list(dict.fromkeys(key for identity in seen for key in _keys(identity)))
    contact_ids = sorted({identity.contact_id for identity in seen if identity.contact_id is not None})
    for _ in range(TRIES):
        known = await store.look_up(conn, keys, contact_ids)
        plan = make_plan(seen, known)
        ids = await _write(conn, plan)
        if ids is not None:
            return await _finish(conn, plan, known=known, ids=ids)
    raise asyncpg.UniqueViolationError("proven handles kept moving while people were told apart")


def _keys(identity: SenderIdentity) -> list[tuple[str, str, str]]:
    return [
        (handle.kind, form, handle.evidence if handle.trust == "claimed" else "")
        for handle in identity.handles
        if handle.value
        for form in normal.forms(handle.kind, handle.value)
    ]


async def _write(conn: Conn, plan: Plan) -> list[int] | None:
    """Write contacts and handles; the new ids, or None when somebody else was quicker with a proven handle."""
    ids: list[int] = []
    given: dict[tuple[int, str, str], int] = {}
    if plan.new or plan.added:
        ids, given = await store.write(conn, plan.new, plan.added)
    missed = [
        placed
        for added in plan.added
        if (placed := _placed(added, ids)).trust == "proven"
        and (placed.ref, added.kind, added.value) not in given
    ]
    upgraded = [*missed, *(_placed(added, ids) for added in plan.upgraded)]
    if not upgraded or await _upgrade(conn, upgraded):
        return ids
    await store.take_back(conn, handle_ids=list(given.values()), contact_ids=ids)
    return None


async def _upgrade(conn: Conn, handles: Sequence[Added]) -> bool:
    """Make claimed handles proven; False when one is not there or is proven elsewhere by now."""
    try:
        async with conn.transaction():
            done = await store.upgrade(conn, handles)
            if done != {(handle.kind, handle.value) for handle in handles}:
                raise _Raced
    except (asyncpg.UniqueViolationError, _Raced):
        return False
    return True


class _Raced(Exception):
    """Undo the savepoint."""


async def _finish(conn: Conn, plan: Plan, *, known: Known, ids: Sequence[int]) -> list[Resolved]:
    await _restore(conn, plan, known)
    if plan.filled:
        await store.fill(conn, plan.filled)
    if plan.named:
        await store.name_handles(conn, plan.named)
    if plan.guests:
        await store.welcome(
            conn, [(_id(ref, ids), kind, value, name) for ref, kind, value, name in plan.guests]
        )
    for ref, owner, (kind, value) in plan.joined:
        await merging.join(
            conn,
            _id(ref, ids),
            _id(owner, ids),
            reason=phrase("Same proven {kind}: {value}", kind=store.KINDS.get(kind, kind), value=value),
        )
    if plan.doubted:
        await store.doubt(conn, [(_id(ref, ids), kind, value) for ref, kind, value in plan.doubted])
    await events.announce(conn, [ContactCreated(contact_id=id_) for id_ in ids])
    if plan.joined:
        return await _reread(conn, plan, ids)
    return [
        _resolved(ref, plan, known=known, ids=ids, said=said)
        for ref, said in zip(plan.refs, plan.said, strict=True)
    ]


async def _restore(conn: Conn, plan: Plan, known: Known) -> None:
    """Who writes again does not lie in the bin any more."""
    people = [known.people[ref] for ref in plan.refs if ref > 0]
    if binned := sorted({person.root_id for person in people if person.is_binned}):
        restored = await store.restore(conn, binned)
        await events.announce(conn, [ContactRestored(contact_id=id_, why="wrote") for id_ in restored])


def _resolved(ref: int, plan: Plan, *, known: Known, ids: Sequence[int], said: str) -> Resolved:
    if ref < 0:
        id_ = _id(ref, ids)
        name = plan.new[-ref - 1].name
        return Resolved(contact_id=id_, root_id=id_, is_new=True, name=name, owner_id=None, said=said)
    person = known.people[ref]
    filled = plan.filled.get(person.root_id)
    return Resolved(
        contact_id=ref,
        root_id=person.root_id,
        is_new=False,
        name=(filled and filled.name) or person.root_name,
        owner_id=person.owner_id,
        said=said,
    )


async def _reread(conn: Conn, plan: Plan, ids: Sequence[int]) -> list[Resolved]:
    found = await store.roots(conn, sorted({_id(ref, ids) for ref in plan.refs}))
    resolved: list[Resolved] = []
    for ref, said in zip(plan.refs, plan.said, strict=True):
        id_ = _id(ref, ids)
        root_id, name, owner_id = found[id_]
        resolved.append(
            Resolved(contact_id=id_, root_id=root_id, is_new=ref < 0, name=name, owner_id=owner_id, said=said)
        )
    return resolved


def _placed(added: Added, ids: Sequence[int]) -> Added:
    return replace(added, ref=_id(added.ref, ids)) if added.ref < 0 else added


def _id(ref: int, ids: Sequence[int]) -> int:
    return ids[-ref - 1] if ref < 0 else ref
