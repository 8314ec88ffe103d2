"""What routing and the bot tell about contacts: who follows and owns them, what a person typed about themselves."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import normal
from crm_core.contacts import store
from crm_core.contacts.identity import store as identity
from crm_core.fields import service as fields
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from values.errors import Invalid

ADDRESSES = ("email", "phone")
FIELD_LENGTH = 60
VALUE_LENGTH = 2000


async def share(conn: Conn, given: Sequence[tuple[int, int]]) -> None:
    """`(contact, user)`: the user may see the contact from now on, whoever's it is."""
    await store.share(conn, given)


async def own(conn: Conn, given: Sequence[tuple[int, int]]) -> None:
    """`(contact, user)`: the user becomes the manager of a contact that has none; of several the first."""
    await store.own(conn, given)


async def owners(conn: Conn, contact_ids: Sequence[int]) -> dict[int, int | None]:
    """The manager of each contact."""
    return await store.owners(conn, contact_ids)


async def enrich(
    conn: Conn,
    contact_id: int,
    *,
    value: str,
    evidence: str,
    field: str = "",
    kind: str = "",
    channel_id: int | None = None,
    region: str = "",
) -> None:
    """A person said something about themselves: an address becomes a claimed handle, a name fills an empty name,
    anything else a custom field."""
    what = kind or field
    if what in ADDRESSES or kind:
        await _claim(conn, contact_id, what, value, evidence=evidence, channel_id=channel_id, region=region)
    elif what == "name":
        shown = normal.name(value)
        if shown and not normal.is_handle_like(shown):
            weak = [name for name in await store.names(conn, contact_id) if normal.is_handle_like(name)]
            await store.name(conn, contact_id, shown, source=evidence, instead_of=weak)
    elif what:
        said = normal.text(value)[:VALUE_LENGTH]
        await _tell(conn, contact_id, normal.name(what)[:FIELD_LENGTH], said)


async def known(conn: Conn, contact_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What is known of each contact (phone, email, custom fields), so that nobody is asked twice."""
    found = await store.known(conn, contact_ids)
    texts = await fields.texts(conn, "contact", [each.fields for each in found])
    return {each.id: {**text, **each.addresses} for each, text in zip(found, texts, strict=True)}


async def vouched(conn: Conn, asked: Sequence[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """Those `(contact, kind, value)` where the contact is known to have the address: proven, not typed by anybody.

    What the house knows of a contact may be told only there; a claim would get it for whoever types an address.
    """
    keys = {(id_, kind, normal.stored(kind, value)): (id_, kind, value) for id_, kind, value in asked}
    return {keys[found] for found in await store.vouched(conn, list(keys))} if keys else set()


async def tag_all(conn: Conn, tags: Sequence[tuple[int, str]]) -> None:
    """Tag many living contacts in one statement: `(contact id, label)`; repeats change nothing."""
    clean = [(id_, short) for id_, label in tags if (short := normal.name(label)[:FIELD_LENGTH])]
    if clean:
        await store.tag_all(conn, [id_ for id_, _ in clean], [label for _, label in clean])


async def tag(conn: Conn, contact_id: int, label: str) -> None:
    """Tag the living contact; a repeat changes nothing."""
    if label := normal.name(label)[:FIELD_LENGTH]:
        await store.tag(conn, contact_id, label)


async def is_known(conn: Conn, handles: Sequence[tuple[str, str]]) -> bool:
    """Whether some contact has one of these handles, proven."""
    return await store.is_known(conn, [kind for kind, _ in handles], [value for _, value in handles])


async def mark_unreachable(conn: Conn, kind: str, value: str, reason: str) -> None:
    """Nothing can be sent to this address, and why; an empty reason makes it reachable again."""
    await store.mark_unreachable(conn, kind, normal.stored(kind, value), reason)


async def mark_reachable(conn: Conn, handles: Sequence[tuple[str, str]]) -> None:
    """Addresses `(kind, value)` that were given up and write again, in one statement."""
    await store.mark_reachable(conn, [(kind, normal.stored(kind, value)) for kind, value in handles])


async def _tell(conn: Conn, contact_id: int, name: str, said: str) -> None:
    """A value of an own field, or extra where it is none; nothing where there is too much already."""
    found = await store.fields_of(conn, contact_id)
    if found is None:
        return
    try:
        laid = await fields.lay(conn, SYSTEM, "contact", found.fields, {name: said}, is_strict=False)
    except Invalid:
        return
    await store.set_fields(conn, found.id, laid)


async def _claim(
    conn: Conn,
    contact_id: int,
    kind: str,
    typed: str,
    *,
    evidence: str,
    channel_id: int | None,
    region: str,
) -> None:
    value, _ = normal.handle(kind, typed, region=region)
    if not value:
        return
    added = await store.add_handle(
        conn,
        contact_id,
        kind=kind,
        value=value,
        raw=normal.text(typed)[:500],
        evidence=evidence,
        channel_id=channel_id,
    )
    if added is None:
        return
    await identity.doubt(conn, [(contact_id, kind, form) for form in normal.forms(kind, value)])
    if kind == "email" and (domain := normal.company_domain(value)):
        await store.link_company(conn, contact_id, domain)
