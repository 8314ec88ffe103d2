"""SQL of users."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString

from crm_core.access.abilities import roles_with
from crm_core.sql import Conn
from crm_core.users.model import User, UserValues

USER: LiteralString = """
    SELECT id, email, name, role, sees_all, language, timezone, is_active, is_in AS is_available, capacity, extension,
           reply_name, signature, password_hash IS NOT NULL AS has_password, totp_secret IS NOT NULL AS has_totp FROM crm_user"""
GET: LiteralString = f"{USER} WHERE id = $1::bigint"
BY_EMAIL: LiteralString = f"{USER} WHERE email = $1"
BY_EXTENSION: LiteralString = (
    f"{USER} WHERE extension = $1 AND extension <> '' AND is_active ORDER BY id LIMIT 1"
)
LIST: LiteralString = f"{USER} ORDER BY is_active DESC, lower(name), id"
CREATE: LiteralString = """
    INSERT INTO crm_user (email, name, role, sees_all, language, timezone, capacity, extension)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING id"""
LOCKED: LiteralString = """
    SELECT email, name, role, sees_all, language, timezone, is_active, capacity, extension,
           reply_name, signature FROM crm_user
     WHERE id = $1::bigint FOR UPDATE"""
SAVE: LiteralString = """
    UPDATE crm_user SET email = $2, name = $3, role = $4, sees_all = $5, language = $6, timezone = $7, is_active = $8,
           capacity = $9, extension = $10, reply_name = $11, signature = $12, is_in = is_in AND $8 WHERE id = $1"""
SUGGEST_ZONE: LiteralString = """
    UPDATE crm_user SET timezone = $2, timezone_known = true WHERE id = $1::bigint AND NOT timezone_known"""
KEEP_ZONE: LiteralString = "UPDATE crm_user SET timezone_known = true WHERE id = $1::bigint"
NAMES: LiteralString = "SELECT id, name FROM crm_user WHERE id = ANY($1::int[])"
TAKEN: LiteralString = "SELECT 1 FROM crm_user WHERE email = $1 AND id <> $2"
OTHER_ADMINS: LiteralString = """
    SELECT id FROM crm_user WHERE role = ANY($2::text[]) AND is_active AND id <> $1 FOR UPDATE"""
ANYBODY: LiteralString = "SELECT EXISTS (SELECT 1 FROM crm_user)"
FIRST_WITH: LiteralString = (
    f"{USER} WHERE role = ANY($1::text[]) AND is_active ORDER BY email <> $2, id LIMIT 1"
)
SET_AVAILABLE: LiteralString = "UPDATE crm_user SET is_in = $2 AND is_active WHERE id = $1::bigint"
NEW_HASH: LiteralString = "UPDATE crm_user SET password_hash = $2 WHERE id = $1::bigint"
HASH: LiteralString = "SELECT id, password_hash FROM crm_user WHERE email = $1 AND is_active"
TOTP: LiteralString = "SELECT totp_secret, totp_used FROM crm_user WHERE id = $1 FOR UPDATE"
SET_TOTP: LiteralString = "UPDATE crm_user SET totp_secret = $2, totp_used = $3 WHERE id = $1"
USE_TOTP: LiteralString = "UPDATE crm_user SET totp_used = $2 WHERE id = $1 AND totp_used < $2"


async def get(conn: Conn, id_: int) -> User | None:
    row = await conn.fetchrow(GET, id_)
    return User(**dict(row)) if row else None


async def by_email(conn: Conn, email: str) -> User | None:
    row = await conn.fetchrow(BY_EMAIL, email)
    return User(**dict(row)) if row else None


async def by_extension(conn: Conn, extension: str) -> User | None:
    row = await conn.fetchrow(BY_EXTENSION, extension)
    return User(**dict(row)) if row else None


async def list_users(conn: Conn) -> list[User]:
    """Active ones first, by name."""
    return [User(**dict(row)) for row in await conn.fetch(LIST)]


async def create(conn: Conn, user: UserValues) -> int | None:
    """None when the mail address is taken."""
    return await conn.fetchval(
        CREATE,
        user.email,
        user.name,
        user.role,
        user.sees_all,
        user.language,
        user.timezone,
        user.capacity,
        user.extension,
    )


async def locked(conn: Conn, id_: int) -> UserValues | None:
    """What is edited; the row stays locked."""
    row = await conn.fetchrow(LOCKED, id_)
    return UserValues(**dict(row)) if row else None


async def save(conn: Conn, id_: int, user: UserValues) -> None:
    await conn.execute(
        SAVE,
        id_,
        user.email,
        user.name,
        user.role,
        user.sees_all,
        user.language,
        user.timezone,
        user.is_active,
        user.capacity,
        user.extension,
        user.reply_name,
        user.signature,
    )


async def names(conn: Conn, ids: Collection[int]) -> dict[int, str]:
    return {row["id"]: row["name"] for row in await conn.fetch(NAMES, list(ids))}


async def is_taken(conn: Conn, email: str, *, exclude: int) -> bool:
    return await conn.fetchval(TAKEN, email, exclude) is not None


async def has_other_admin(conn: Conn, id_: int) -> bool:
    """Whether another active user may manage users; their rows stay locked."""
    return bool(await conn.fetch(OTHER_ADMINS, id_, roles_with("users")))


async def is_anybody_there(conn: Conn) -> bool:
    return await conn.fetchval(ANYBODY)


async def first_admin(conn: Conn, *, preferred: str) -> User | None:
    """Who has managed users for longest, or whose mail address is `preferred`."""
    row = await conn.fetchrow(FIRST_WITH, roles_with("users"), preferred)
    return User(**dict(row)) if row else None


async def set_available(conn: Conn, id_: int, is_available: bool) -> bool:
    return await conn.execute(SET_AVAILABLE, id_, is_available) == "UPDATE 1"


async def suggest_zone(conn: Conn, id_: int, zone: str) -> bool:
    """False when the zone was decided on before."""
    return await conn.execute(SUGGEST_ZONE, id_, zone) == "UPDATE 1"


async def keep_zone(conn: Conn, id_: int) -> None:
    await conn.execute(KEEP_ZONE, id_)


async def set_password(conn: Conn, id_: int, hash_: str) -> bool:
    return await conn.execute(NEW_HASH, id_, hash_) == "UPDATE 1"


async def password_hash(conn: Conn, email: str) -> tuple[int, str | None] | None:
    """User and hash of an active user."""
    row = await conn.fetchrow(HASH, email)
    return (row["id"], row["password_hash"]) if row else None


async def totp(conn: Conn, id_: int) -> tuple[str | None, int] | None:
    """The sealed secret and the last accepted step; the row stays locked."""
    row = await conn.fetchrow(TOTP, id_)
    return (row["totp_secret"], row["totp_used"]) if row else None


async def set_totp(conn: Conn, id_: int, sealed: str | None, *, used: int = 0) -> None:
    await conn.execute(SET_TOTP, id_, sealed, used)


async def use_totp(conn: Conn, id_: int, step: int) -> bool:
    """Accept a step once; False when it or a later one was accepted before."""
    return await conn.execute(USE_TOTP, id_, step) == "UPDATE 1"
