"""Names at an address: the one it first came with, and others, who are guests until they have a contact of their own. Pure."""

from __future__ import annotations

from crm_core import normal
from crm_core.contacts.identity.model import Key, Known, Plan
from crm_core.contacts.model import SenderIdentity
from crm_core.contacts.names import is_other

SHARED = frozenset({"email", "phone", "visitor"})
"""Kinds of addresses that several people use: mailboxes of families and firms, switchboards, one computer. A messenger's
account is one person's, who may call themselves something else tomorrow."""


class Names:
    """The names of one batch: what the database knew, and what came since."""

    def __init__(self, known: Known, plan: Plan) -> None:
        self._known = known
        self._plan = plan

    def other_name(self, ref: int, identity: SenderIdentity) -> str:
        """The sighting's name where it is quite another than all that the contact and its addresses have; else empty."""
        keys = _keys(identity)
        if not keys or not identity.name:
            return ""
        first = [name for key in keys if (name := self._known.names.get((ref, *key)))]
        names = [name for name in [*first, *self._of_contact(ref)] if not normal.is_handle_like(name)]
        if not names or (not first and self._is_named_by_hand(ref)):
            return ""
        return identity.name if all(is_other(identity.name, name) for name in names) else ""

    def own_contact(self, said: str, identity: SenderIdentity) -> int | None:
        """The contact that this name at this address was given when somebody split them.

        Who only says that they have an address never gets to somebody whose address was proven, and the other way round.
        """
        if not said:
            return None
        for handle in identity.handles:
            for name, contact_id in self._known.guests.get((handle.kind, handle.value, handle.trust), ()):
                if not is_other(said, name):
                    return contact_id
        return None

    def welcome(self, ref: int, said: str, identity: SenderIdentity) -> None:
        """Remember the guest at the first address."""
        guest = (ref, *_keys(identity)[0], said)
        if guest not in self._plan.guests:
            self._plan.guests.append(guest)

    def learn(self, ref: int, identity: SenderIdentity) -> None:
        """The first name that comes with an address stays with it, whatever a person calls the contact later."""
        if normal.is_handle_like(identity.name):
            return
        for key in _keys(identity):
            is_theirs = (ref, *key) in self._known.at
            if not self._known.names.get((ref, *key)):
                self._known.names[(ref, *key)] = identity.name
                if is_theirs and ref > 0:
                    self._plan.named.append((ref, *key, identity.name))

    def _of_contact(self, ref: int) -> list[str]:
        if ref < 0:
            return [self._plan.new[-ref - 1].name]
        person = self._known.people[ref]
        filled = [self._plan.filled[id_].name for id_ in (ref, person.root_id) if id_ in self._plan.filled]
        return [person.name, person.root_name, *filled]

    def _is_named_by_hand(self, ref: int) -> bool:
        person = self._known.people.get(ref)
        return person is not None and "person" in (person.name_source, person.root_source)


def _keys(identity: SenderIdentity) -> list[Key]:
    return [
        (handle.kind, handle.value) for handle in identity.handles if handle.kind in SHARED and handle.value
    ]
