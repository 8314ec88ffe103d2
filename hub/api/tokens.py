"""API tokens: shown once, kept as a hash, limited to scopes and to what one user may see."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_core.access.abilities import Ability
from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import SYSTEM, Viewer
from hub.api import token_store as store
from values.errors import Forbidden, Invalid, NotFound
from values.sentences import joined, phrase

RESOURCES = (
    "contacts",
    "companies",
    "conversations",
    "leads",
    "deals",
    "pipelines",
    "tasks",
    "acts",
    "fields",
    "channels",
    "alarms",
    "journal",
    "outbox",
    "jobs",
    "events",
    "runs",
    "users",
    "webhooks",
)
WIDE = ("all", "read", "write")
"""`all` is everything; `read` and `write` go for every resource (`write` includes `read`)."""

READERS: Mapping[str, Ability] = {
    "alarms": "operations",
    "journal": "operations",
    "outbox": "operations",
    "runs": "operations",
    "webhooks": "integrations",
}
WRITERS: Mapping[str, Ability] = {**READERS, "channels": "channels"}
OF_CUSTOMERS = frozenset(
    {"contacts", "companies", "conversations", "leads", "deals", "pipelines", "tasks", "acts"}
)
"""What a resource needs of the user's role; customers are kept from who may not see them by every look-up itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who calls: what the token allows, and what its user may see."""

    token_id: int
    scopes: frozenset[str]
    viewer: Viewer

    def allows(self, resource: str, *, writing: bool) -> bool:
        if self.scopes & {"all", "write", f"{resource}:write", resource}:
            return True
        return not writing and bool(self.scopes & {"read", f"{resource}:read"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token in a list; the token itself is not kept."""

    id: int
    name: str
    scopes: list[str]
    user_name: str | None
    created_at: datetime
    used_at: datetime | None


def known_scopes() -> list[str]:
    return [*WIDE, *(f"{resource}:{right}" for resource in RESOURCES for right in ("read", "write"))]


async def create(conn: Conn, *, name: str, scopes: Sequence[str], user_id: int | None = None) -> str:
    """A new token, which is returned this once. Raises Invalid for an unknown scope."""
    wanted = [part for scope in scopes for part in scope.replace(",", " ").split()]
    known = {*known_scopes(), *RESOURCES}
    unknown = [scope for scope in wanted if scope not in known]
    if unknown or not wanted:
        said = phrase("Give at least one scope.")
        if unknown:
            said = phrase("Unknown scope: {names}.", names=unknown)
        raise Invalid(joined([said, phrase("Known: {names}.", names=known_scopes())]), field="scope")
    if not name.strip():
        raise Invalid(phrase("Give the token a name, so that you know it again."), field="name")
    token = "hub_" + secrets.token_urlsafe(32)
    await store.create(conn, name=name.strip()[:100], digest=_hash(token), scopes=wanted, user_id=user_id)
    return token


async def bearer(conn: Conn, token: str) -> Bearer | None:
    """Whom a token stands for; None when it is unknown, revoked, or its user is gone."""
    found = await store.find(conn, _hash(token))
    if found is None:
        return None
    viewer = SYSTEM
    if found.user_id is not None:
        user = await users.get(conn, found.user_id)
        if not user.is_active:
            return None
        viewer = Viewer.of(user)
    await store.touch(conn, found.id)
    viewer = replace(viewer, token_id=found.id)
    return Bearer(token_id=found.id, scopes=frozenset(found.scopes), viewer=viewer)


def check(bearer: Bearer, resource: str, *, writing: bool) -> None:
    """Raise Forbidden unless the token has the scope, and its user the role."""
    right = "write" if writing else "read"
    if not bearer.allows(resource, writing=writing):
        raise Forbidden(phrase("The token lacks the scope {scope}.", scope=f"{resource}:{right}"))
    ability = (WRITERS if writing else READERS).get(resource)
    if ability is not None and not bearer.viewer.can(ability):
        raise Forbidden(
            phrase(
                "The role {role} does not include {scope}.",
                role=bearer.viewer.role,
                scope=f"{resource}:{right}",
            )
        )


def readable(bearer: Bearer) -> frozenset[str]:
    """The resources whose scope the token has, and whose content its user's role may see."""

    return frozenset(name for name in readable_by_role(bearer) if bearer.allows(name, writing=False))


def readable_by_role(bearer: Bearer) -> frozenset[str]:
    """The resources whose content the role of the token's user may see, whatever the token's scopes."""

    def sees(resource: str) -> bool:
        ability = "customers" if resource in OF_CUSTOMERS else READERS.get(resource)
        return ability is None or bearer.viewer.can(ability)

    return frozenset(name for name in RESOURCES if sees(name))


def writable(bearer: Bearer) -> frozenset[str]:
    """The resources that the token may change, and whose content its user's role may see."""
    return frozenset(name for name in readable_by_role(bearer) if bearer.allows(name, writing=True))


async def list_tokens(conn: Conn) -> list[TokenRow]:
    kept = await store.listed(conn)
    names = await users.names(conn, [one.user_id for one in kept])
    return [
        TokenRow(
            id=one.id,
            name=one.name,
            scopes=one.scopes,
            user_name=names.get(one.user_id) if one.user_id is not None else None,
            created_at=one.created_at,
            used_at=one.used_at,
        )
        for one in kept
    ]


async def revoke(conn: Conn, token_id: int) -> None:
    if not await store.revoke(conn, token_id):
        raise NotFound(phrase("There is no such token."))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
