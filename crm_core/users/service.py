"""Users: their profile, presence, password and second factor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from crm_core import editing, normal
from crm_core.access.abilities import ROLES, may
from crm_core.editing import UNSET, cleaned
from crm_core.sql import Conn
from crm_core.users import passwords, store, totp
from crm_core.users.model import User, UserChanges, UserValues
from crm_core.users.totp import Cipher
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

NO_USER = phrase("There is no such user.")
MAX_SIGNATURE = 5_000


async def create(
    conn: Conn,
    *,
    email: str,
    name: str,
    role: str,
    sees_all: bool = False,
    language: str = "en",
    timezone: str = "UTC",
    capacity: int = 50,
    extension: str = "",
) -> User:
    """Raises Conflict when the mail address is taken."""
    asked = UserChanges(
        email=email,
        name=name,
        role=role,
        sees_all=sees_all,
        language=language,
        timezone=timezone,
        capacity=capacity,
        extension=extension,
    )
    id_ = await store.create(conn, editing.lay_over(UserValues(), _checked(asked)))
    if id_ is None:
        raise Conflict(phrase("This email is already in use."))
    return await get(conn, id_)


async def get(conn: Conn, id_: int) -> User:
    found = await store.get(conn, id_)
    if found is None:
        raise NotFound(NO_USER)
    return found


async def by_email(conn: Conn, email: str) -> User | None:
    return await store.by_email(conn, _email_key(email))


async def by_extension(conn: Conn, extension: str) -> User | None:
    """The active user at a telephone extension."""
    return await store.by_extension(conn, extension.strip())


async def is_anybody_there(conn: Conn) -> bool:
    """Whether there is any user at all."""
    return await store.is_anybody_there(conn)


async def first_admin(conn: Conn, *, preferred: str) -> User:
    """The active admin with this mail address, else the oldest one. Raises NotFound."""
    found = await store.first_admin(conn, preferred=_email_key(preferred))
    if found is None:
        raise NotFound(NO_USER)
    return found


async def list_users(conn: Conn) -> list[User]:
    """Everybody, active ones first."""
    return await store.list_users(conn)


async def names(conn: Conn, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of these; None is nobody, and of whom there is nothing there is no name."""
    known = {id_ for id_ in ids if id_ is not None}
    return await store.names(conn, known) if known else {}


async def has_colleagues(conn: Conn) -> bool:
    """Whether more than one works here."""
    return sum(user.is_active for user in await store.list_users(conn)) > 1


async def suggest_timezone(conn: Conn, id_: int, zone: str) -> bool:
    """Take the zone of the user's browser, once: never over what the user saved. Whether it was taken; Invalid for none."""
    _zone(zone)
    return await store.suggest_zone(conn, id_, zone)


async def keep_timezone(conn: Conn, id_: int) -> None:
    """The user has seen and saved the zone: no browser overrules it."""
    await store.keep_zone(conn, id_)


async def update(conn: Conn, id_: int, changes: UserChanges) -> User:
    """Change what is named. Raises Conflict when the mail address is taken or the last admin would be gone."""
    present = await store.locked(conn, id_)
    if present is None:
        raise NotFound(NO_USER)
    new = editing.lay_over(present, _checked(changes))
    if changes.email is not UNSET and await store.is_taken(conn, new.email, exclude=id_):
        raise Conflict(phrase("This email is already in use."))
    if _manages_users(present) and not _manages_users(new) and not await store.has_other_admin(conn, id_):
        raise Conflict(phrase("This is the last admin; make another one first."))
    await store.save(conn, id_, new)
    return await get(conn, id_)


async def set_available(conn: Conn, id_: int, is_available: bool) -> None:
    """Whether the user takes new conversations now."""
    if not await store.set_available(conn, id_, is_available):
        raise NotFound(NO_USER)


async def set_password(conn: Conn, id_: int, password: str) -> None:
    """Raises Invalid for a weak one."""
    passwords.check_strength(password)
    if not await store.set_password(conn, id_, await passwords.make_hash(password)):
        raise NotFound(NO_USER)


async def verify_password(conn: Conn, email: str, password: str) -> User | None:
    """The active user, if the password is right; takes as long for a mail address that nobody has."""
    found = await store.password_hash(conn, _email_key(email))
    id_, hash_ = found or (0, None)
    if not await passwords.verify(hash_, password) or hash_ is None:
        return None
    if passwords.is_outdated(hash_):
        await store.set_password(conn, id_, await passwords.make_hash(password))
    return await get(conn, id_)


async def totp_begin(conn: Conn, cipher: Cipher, id_: int, *, issuer: str) -> tuple[str, str]:
    """A new secret and its otpauth:// address. Nothing is kept until a code of it is confirmed."""
    user = await get(conn, id_)
    secret = totp.new_secret()
    return secret, totp.address(secret, account=user.email, issuer=issuer)


async def totp_confirm(conn: Conn, cipher: Cipher, id_: int, secret: str, code: str) -> bool:
    """Turn the second factor on with a first right code."""
    step = totp.step_of(secret, code) if totp.is_secret(secret) else None
    if step is None:
        return False
    await store.set_totp(conn, id_, cipher.encrypt(secret), used=step)
    return True


async def totp_verify(conn: Conn, cipher: Cipher, id_: int, code: str) -> bool:
    """Whether a code is right and was not used before."""
    found = await store.totp(conn, id_)
    if found is None or found[0] is None:
        return False
    step = totp.step_of(cipher.decrypt(found[0]), code)
    return step is not None and await store.use_totp(conn, id_, step)


async def totp_remove(conn: Conn, id_: int) -> None:
    await store.set_totp(conn, id_, None)


def _manages_users(user: UserValues) -> bool:
    return may(user.role, "users") and user.is_active


def _checked(changes: UserChanges) -> UserChanges:
    """The values in the form they are kept in; raises Invalid."""
    return replace(
        changes,
        email=cleaned(changes.email, _email),
        name=cleaned(changes.name, _name),
        role=cleaned(changes.role, _role),
        timezone=cleaned(changes.timezone, _zone),
        capacity=cleaned(changes.capacity, _capacity),
        extension=cleaned(changes.extension, lambda typed: normal.text(typed)[:40]),
        reply_name=cleaned(changes.reply_name, normal.name),
        signature=cleaned(changes.signature, _signature),
    )


def _email(typed: str) -> str:
    email = _email_key(typed)
    if not email:
        raise Invalid(phrase("Enter a valid email address."), field="email")
    return email


def _name(typed: str) -> str:
    name = normal.name(typed)
    if not name:
        raise Invalid(phrase("Enter a name."), field="name")
    return name


def _role(given: str) -> str:
    if given not in ROLES:
        raise Invalid(phrase("The role is admin, manager or ops."), field="role")
    return given


def _capacity(given: int) -> int:
    if not 0 <= given <= 100_000:
        raise Invalid(phrase("The capacity is a number from 0."), field="capacity")
    return given


def _signature(typed: str) -> str:
    text = "\n".join(line.rstrip() for line in storable(typed).splitlines()).strip("\n")
    if len(text) > MAX_SIGNATURE:
        raise Invalid(phrase("A signature has at most 5,000 characters."), field="signature")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(phrase("This time zone is not known."), field="timezone") from None
    return name


def _email_key(typed: str) -> str:
    return normal.email(typed)
