"""A contact as people read and edit it: its card, its handles, why it is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_core import editing, events, normal
from crm_core.activity.changes import described
from crm_core.acts.service import verb
from crm_core.contacts import store
from crm_core.contacts.identity import store as identity
from crm_core.contacts.merging import service as merging
from crm_core.contacts.merging.model import Merge
from crm_core.contacts.model import Contact, ContactChanges, ContactValues, Handle
from crm_core.editing import UNSET, UnsetType, cleaned
from crm_core.facts import ContactCreated, ContactUpdated
from crm_core.fields import service as own_fields
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

NO_CONTACT = phrase("There is no such contact, or it is a colleague's.")
NOTE_LENGTH = 20_000
MOST_TAGS = 100
KIND = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a contact is one: every handle with its evidence, every merge with its reason."""

    handles: tuple[Handle, ...]
    merges: tuple[Merge, ...]


async def get(conn: Conn, viewer: Viewer, id_: int) -> Contact:
    """The living contact of an identity, with handles. Raises NotFound where the viewer may not see it."""
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_CONTACT)
    ids = await store.identities(conn, found.id)
    found = (await own_fields.told(conn, "contact", [found]))[0]
    return replace(found, handles=tuple(await store.handles(conn, ids)), identity_ids=tuple(ids))


async def require(conn: Conn, viewer: Viewer, id_: int) -> int:
    """The root of a contact that the viewer may see; raises NotFound otherwise."""
    root = await store.sees(conn, viewer.scope(), id_)
    if root is None:
        raise NotFound(NO_CONTACT)
    return root


async def identity_ids(conn: Conn, root_id: int) -> list[int]:
    """All identities of a living contact, itself first."""
    return await store.identities(conn, root_id)


@verb("contact.create")
async def create(
    conn: Conn,
    viewer: Viewer,
    *,
    name: str,
    handles: Sequence[tuple[str, str]] = (),
    region: str = "",
    company_id: int | None = None,
    owner_id: int | None = None,
    language: str = "",
    note: str = "",
    fields: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
) -> int:
    """A contact made by a person, theirs unless told otherwise; `handles` are kind and what was typed."""
    viewer.require_customers()
    asked = ContactChanges(
        name=name,
        company_id=company_id,
        owner_id=viewer.user_id if owner_id is None else owner_id,
        language=language,
        note=note,
        fields=await own_fields.lay_new(conn, viewer, "contact", fields or {}),
        tags=tags,
    )
    contact = editing.lay_over(ContactValues(), await _checked(conn, viewer, asked))
    if not contact.name and not handles:
        raise Invalid(phrase("Enter a name or an address."), field="name")
    id_ = await store.create(conn, contact)
    await events.announce(conn, [ContactCreated(contact_id=id_, user_id=viewer.user_id)])
    for kind, value in handles:
        await add_handle(conn, viewer, id_, kind=kind, value=value, region=region)
    return id_


@verb("contact.update")
async def update(conn: Conn, viewer: Viewer, id_: int, changes: ContactChanges) -> None:
    """Change what is named. A name that a person typed is never overwritten by an input."""
    root = await require(conn, viewer, id_)
    present = await store.locked(conn, root)
    if present is None:
        raise NotFound(NO_CONTACT)
    if changes.company_id == present.company_id:
        changes = replace(changes, company_id=UNSET)  # who may not see a company may leave it as it is
    checked = await _checked(conn, viewer, changes)
    if checked.fields is not UNSET:
        laid = await own_fields.lay(conn, viewer, "contact", present.fields, checked.fields)
        checked = replace(checked, fields=laid)
    new = editing.lay_over(present, checked)
    if new.name != present.name:
        new = replace(new, name_source="person" if new.name else "")
    changed = editing.differing(present, new, changes)
    if not changed:
        return
    await store.save(conn, root, new)
    if "owner_id" in changed and viewer.user_id is not None:
        await store.share(
            conn, [(root, viewer.user_id)]
        )  # who gives a contact away still sees what becomes of it
    before, after = await own_fields.said(conn, "contact", [present, new], changed)
    changes_told = await described(conn, before, after, changed)
    fact = ContactUpdated(contact_id=root, user_id=viewer.user_id, changed=changed, changes=changes_told)
    await events.announce(conn, [fact])


@verb("contact.add_handle")
async def add_handle(
    conn: Conn, viewer: Viewer, id_: int, *, kind: str, value: str, region: str = ""
) -> None:
    """An address that a person typed in: a claim, which suggests merges but joins nothing. Of two numbers in one field
    each is kept.

    Raises Invalid for a malformed mail address or number, Conflict where the contact has it.
    """
    root = await require(conn, viewer, id_)
    kind = normal.text(kind).lower()[:KIND]
    if kind == "phone" and len(numbers := normal.phones(value, region=region)) > 1:
        for number in dict.fromkeys(numbers):
            await add_handle(conn, viewer, id_, kind=kind, value=number, region=region)
        return
    kept, is_sound = normal.handle(kind, value, region=region)
    if not kind or not is_sound:
        said = {"email": "Enter a valid email address.", "phone": "This is no telephone number."}
        raise Invalid(said.get(kind, "Give an address."), field="value")
    raw = normal.text(value)[:500]
    added = await store.add_handle(
        conn, root, kind=kind, value=kept, raw=raw, evidence="user", channel_id=None
    )
    if added is None:
        raise Conflict(phrase("The contact has this address already."))
    await identity.doubt(conn, [(root, kind, form) for form in normal.forms(kind, kept)])
    if kind == "email" and (domain := normal.company_domain(kept)):
        await store.link_company(conn, root, domain)
    await _handles_changed(conn, viewer, root, added=f"{kind}:{kept}")


@verb("contact.remove_handle")
async def remove_handle(conn: Conn, viewer: Viewer, id_: int, handle_id: int) -> None:
    root = await require(conn, viewer, id_)
    removed = await store.remove_handle(conn, handle_id, root)
    if removed is None:
        raise NotFound(phrase("The contact has no such address."))
    await _handles_changed(conn, viewer, root, removed=f"{removed[0]}:{removed[1]}")


async def why_joined(conn: Conn, viewer: Viewer, id_: int) -> Why:
    """For the card: what the contact is made of, and why."""
    contact = await get(conn, viewer, id_)
    merges = await merging.merges_of(conn, viewer, contact.id)
    return Why(handles=contact.handles, merges=tuple(merges))


async def _handles_changed(
    conn: Conn, viewer: Viewer, root: int, *, added: str | UnsetType = UNSET, removed: str | UnsetType = UNSET
) -> None:
    fact = ContactUpdated(
        contact_id=root, user_id=viewer.user_id, changed=["handles"], added=added, removed=removed
    )
    await events.announce(conn, [fact])


async def _checked(conn: Conn, viewer: Viewer, changes: ContactChanges) -> ContactChanges:
    """The values in the form they are kept in; raises Invalid."""
    checked = replace(
        changes,
        name=cleaned(changes.name, lambda typed: normal.name(typed)[: normal.NAME_LENGTH]),
        language=cleaned(changes.language, lambda typed: normal.name(typed)[:12]),
        note=cleaned(changes.note, lambda typed: storable(typed)[:NOTE_LENGTH]),
        tags=cleaned(changes.tags, _tags),
    )
    if (company_id := editing.given(changes.company_id)) is not None:
        await require_company(conn, viewer, company_id)
    if (owner_id := editing.given(changes.owner_id)) is not None:
        await presence.require_manager(conn, owner_id, field="owner_id")
    return checked


def _tags(typed: Sequence[str]) -> tuple[str, ...]:
    tags = dict.fromkeys(normal.name(tag)[:60] for tag in typed)
    return tuple(tag for tag in tags if tag)[:MOST_TAGS]


async def require_company(conn: Conn, viewer: Viewer, company_id: int) -> None:
    """Raise Invalid unless there is such a company and the viewer may see it: a link would tell its name."""
    if not await store.sees_company(conn, viewer.scope(), company_id):
        raise Invalid(phrase("There is no such company, or it is a colleague's."), field="company_id")
