"""Decides who the people of a batch are, in the order of their sightings. Pure: the database is asked before, written after.

A proven handle joins by itself. A claimed one only suggests, except that the same claim on the same evidence (the
cookie of one visitor, the address in one form) is the same somebody, as long as nothing is proven on either side: a claim
carries no proven handle into a contact, and leads to none that has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crm_core import normal
from crm_core.contacts.identity.guests import Names
from crm_core.contacts.identity.model import Added, Filled, Key, Known, NewContact, Plan
from crm_core.contacts.model import SeenHandle, SenderIdentity


def normalised(identity: SenderIdentity) -> SenderIdentity:
    """The sighting in the words of matching; a handle that is not well formed proves nothing."""
    return replace(
        identity,
        handles=tuple(_normalised(handle) for handle in identity.handles),
        name=normal.name(identity.name),
        language=identity.language[:12],
    )


def make_plan(identities: Sequence[SenderIdentity], known: Known) -> Plan:
    """Decide for normalised sightings, each seeing what the ones before it brought."""
    desk = _Desk(known)
    for identity in identities:
        desk.take(identity)
    return desk.plan


def _normalised(handle: SeenHandle) -> SeenHandle:
    if (
        handle.kind == "phone"
        and handle.trust == "proven"
        and normal.PROVIDERS_NUMBER.fullmatch(handle.value)
    ):
        return handle
    value, is_sound = normal.handle(handle.kind, handle.value)
    trust = handle.trust if is_sound else "claimed"
    if value == handle.value and trust == handle.trust:
        return handle
    return replace(handle, value=value, trust=trust, raw=handle.raw or handle.value)


class _Desk:
    """The state of one batch: what the database knew, and what was decided since."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.plan = Plan()
        self.names = Names(known, self.plan)
        self._joined: dict[int, int] = {}
        self._proved: set[int] = set()

    def take(self, identity: SenderIdentity) -> None:
        ref, is_told = self._who(identity)
        said = self.names.other_name(ref, identity)
        own = self.names.own_contact(said, identity)
        self.plan.refs.append(ref if own is None else own)
        self.plan.said.append(said if own is None else self.names.other_name(own, identity))
        if own is not None:
            return
        if said:
            self.names.welcome(ref, said, identity)
            identity = replace(identity, name="")
        else:
            self.names.learn(ref, identity)
        if is_told and not self._is_vouched(ref, identity):
            self.plan.doubted += [(ref, *key) for key in _proofs(identity) if key in self.known.proven]
            return
        self._fill(ref, identity)
        joins = not is_told and bool(identity.handles) and identity.handles[0].trust == "proven"
        for handle in identity.handles:
            if handle.value:
                self._give(ref, handle, joins=joins, name=identity.name)

    def _who(self, identity: SenderIdentity) -> tuple[int, bool]:
        """The contact, and whether it was the thread that told."""
        if identity.contact_id is not None and identity.contact_id in self.known.people:
            return identity.contact_id, True
        for handle in identity.handles:
            found = self._owner(handle) if handle.trust == "proven" else None
            if found is not None:
                return found, False
        if identity.handles and not _proofs(identity):
            primary = identity.handles[0]
            found = self.known.claimed.get((primary.kind, primary.value, primary.evidence))
            if found is not None and not self._has_proof(found):
                return found, False
        self.plan.new.append(NewContact())
        return -len(self.plan.new), False

    def _is_vouched(self, ref: int, identity: SenderIdentity) -> bool:
        """Whether a contact that a thread told may learn from the sighting: it has one of the proofs, or none at all.

        Who answers a mail that a stranger asked us to send there is not that stranger.
        """
        if not _proofs(identity) or not self._has_proof(ref):
            return True
        owners = (self._owner(handle) for handle in identity.handles if handle.trust == "proven")
        return any(owner is not None and self._root(owner) == self._root(ref) for owner in owners)

    def _has_proof(self, ref: int) -> bool:
        person = self.known.people.get(ref)
        return ref in self._proved or (person is not None and person.has_proof)

    def _owner(self, handle: SeenHandle) -> int | None:
        """Whose a proven handle is; also by another form of the same telephone line."""
        values = (handle.value, *normal.same(handle.kind, handle.value))
        owners = (self.known.proven.get((handle.kind, value)) for value in values)
        return next((owner for owner in owners if owner is not None), None)

    def _give(self, ref: int, handle: SeenHandle, *, joins: bool, name: str) -> None:
        """Write a handle down at a contact, join or doubt as it demands."""
        key = (handle.kind, handle.value)
        has = self.known.at.get((ref, *key))
        if handle.trust == "proven":
            owner = self.known.proven.get(key)
            if owner is not None and self._root(owner) != self._root(ref):
                self._meet(ref, owner, key, joins=joins)
                return
            if owner is not None:
                return
            self.known.proven[key] = ref
            self._proved.add(ref)
        elif has is not None or self.known.claimed.get((*key, handle.evidence)) == ref:
            return
        added = Added(
            ref=ref,
            kind=handle.kind,
            value=handle.value,
            raw=handle.raw[:500],
            trust=handle.trust,
            evidence=handle.evidence,
            channel_id=handle.channel_id,
            name=name,
        )
        (self.plan.upgraded if has == "claimed" else self.plan.added).append(added)
        self._remember(ref, key, handle)

    def _meet(self, ref: int, owner: int, key: Key, *, joins: bool) -> None:
        """Another contact has this proven handle: one person if this sighting proves both, else perhaps."""
        if not joins:
            self.plan.doubted.append((ref, *key))
            return
        self.plan.joined.append((ref, owner, key))
        self._joined[self._root(owner)] = self._root(ref)

    def _remember(self, ref: int, key: Key, handle: SeenHandle) -> None:
        for form in normal.forms(*key):
            holders = self.known.holders.get((handle.kind, form), set[int]())
            if any(self._root(other) != self._root(ref) for other in holders):
                self.plan.doubted.append((ref, handle.kind, form))
        self.known.holders.setdefault(key, set()).add(ref)
        self.known.at[(ref, *key)] = handle.trust
        if handle.trust == "claimed":
            first = self.known.claimed.get((*key, handle.evidence))
            if first is None or self._has_proof(first):
                self.known.claimed[(*key, handle.evidence)] = ref

    def _root(self, ref: int) -> int:
        person = self.known.people.get(ref)
        root = person.root_id if person else ref
        while root in self._joined:
            root = self._joined[root]
        return root

    def _fill(self, ref: int, identity: SenderIdentity) -> None:
        domain = _domain(identity)
        if ref < 0:
            _fill_new(self.plan.new[-ref - 1], identity, domain)
            return
        person = self.known.people[ref]
        is_new_mail = bool(domain) and any(
            handle.kind == "email" and (ref, handle.kind, handle.value) not in self.known.at
            for handle in identity.handles
        )
        domain = domain if is_new_mail and person.company_id is None else ""
        self._fill_row(ref, person.name, person.name_source, identity, domain=domain)
        if person.root_id != ref:
            self._fill_row(person.root_id, person.root_name, person.root_source, identity, domain=domain)

    def _fill_row(self, id_: int, name: str, source: str, identity: SenderIdentity, *, domain: str) -> None:
        filled = self.plan.filled.get(id_, Filled(had_name=name))
        if _is_better(identity.name, than=filled.name or name, source=source):
            filled.name, filled.name_source = identity.name, identity.name_source
        person = self.known.people.get(id_)
        if identity.language and person is not None and not person.language:
            filled.language = filled.language or identity.language
        filled.domain = filled.domain or domain
        if filled.name or filled.language or filled.domain:
            self.plan.filled[id_] = filled


def _proofs(identity: SenderIdentity) -> list[Key]:
    return [
        (handle.kind, handle.value)
        for handle in identity.handles
        if handle.value and handle.trust == "proven"
    ]


def _fill_new(new: NewContact, identity: SenderIdentity, domain: str) -> None:
    if _is_better(identity.name, than=new.name, source=""):
        new.name, new.name_source = identity.name, identity.name_source
    new.language = new.language or identity.language
    new.domain = new.domain or domain


def _is_better(name: str, *, than: str, source: str) -> bool:
    return (
        source != "person" and bool(name) and not normal.is_handle_like(name) and normal.is_handle_like(than)
    )


def _domain(identity: SenderIdentity) -> str:
    found = (normal.company_domain(handle.value) for handle in identity.handles if handle.kind == "email")
    return next((domain for domain in found if domain), "")
