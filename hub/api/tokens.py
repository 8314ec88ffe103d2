"""API tokens: shown once, kept as a hash, limited to scopes and to what one user may see."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.access.abilities import Ability
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
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
    "fields",
    "channels",
    "alarms",
    "journal",
    "outbox",
    "jobs",
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
OF_CUSTOMERS = frozenset({"contacts", "companies", "conversations", "leads", "deals", "pipelines", "tasks"})
"""What a resource needs of the user's role; customers are kept from who may not see them by every look-up itself."""

CREATE: LiteralString = (
    "INSERT INTO hub_token (name, hash, scopes, user_id) VALUES ($1, $2, $3, $4) RETURNING id"
)
READ: LiteralString = """
    SELECT t.id, t.scopes, t.user_id, u.role, u.sees_all, u.is_active
      FROM hub_token t LEFT JOIN crm_user u ON u.id = t.user_id WHERE t.hash = $1 AND t.revoked_at IS NULL"""
LIST: LiteralString = """
    SELECT t.id, t.name, t.scopes, u.name AS user_name, t.created_at, t.used_at
      FROM hub_token t LEFT JOIN crm_user u ON u.id = t.user_id WHERE t.revoked_at IS NULL ORDER BY t.id"""
REVOKE: LiteralString = "UPDATE hub_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL"
TOUCH: LiteralString = """
    UPDATE hub_token SET used_at = now() WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')"""


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
    await conn.execute(CREATE, name.strip()[:100], _hash(token), wanted, user_id)
    return token


async def bearer(conn: Conn, token: str) -> Bearer | None:
    """Whom a token stands for; None when it is unknown, revoked, or its user is gone."""
    row: Any = await conn.fetchrow(READ, _hash(token))
    if row is None or (row["user_id"] is not None and not row["is_active"]):
        return None
    await conn.execute(TOUCH, row["id"])
    viewer = SYSTEM
    if row["user_id"] is not None:
        viewer = Viewer(user_id=row["user_id"], role=row["role"], sees_all=row["sees_all"])
    return Bearer(token_id=row["id"], scopes=frozenset(row["scopes"]), viewer=viewer)


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

    def sees(resource: str) -> bool:
        ability = "customers" if resource in OF_CUSTOMERS else READERS.get(resource)
        return ability is None or bearer.viewer.can(ability)

    return frozenset(name for name in RESOURCES if bearer.allows(name, writing=False) and sees(name))


async def list_tokens(conn: Conn) -> list[TokenRow]:
    return [TokenRow(**dict(row)) for row in await conn.fetch(LIST)]


async def revoke(conn: Conn, token_id: int) -> None:
    if await conn.execute(REVOKE, token_id) != "UPDATE 1":
        raise NotFound(phrase("There is no such token."))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
