"""Saving views of lists: one's own, and those that one shares with everybody."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.access.abilities import may
from crm_core.sql import Conn
from crm_core.users.model import User
from crm_core.views import store
from crm_core.views.model import LONGEST_NAME, MOST, Looks, View
from values.errors import Forbidden, Invalid, NotFound
from values.sentences import phrase
from values.texts import one_line

NO_VIEW = phrase("There is no such view, or it is a colleague's.")


async def of_object(conn: Conn, user: User, of: str) -> list[View]:
    """What the user saved, in their order, then what colleagues share."""
    return await store.of_object(conn, user.id, of)


async def get(conn: Conn, user: User, id_: int) -> View:
    """A view that the user may look at. Raises NotFound."""
    found = await store.get(conn, user.id, id_)
    if found is None:
        raise NotFound(NO_VIEW)
    return found


async def create(conn: Conn, user: User, *, of: str, name: str, looks: Looks, is_shared: bool = False) -> int:
    """A new view of the user's own. Raises Invalid for a name that is none, and where there are too many."""
    words = _name(name)
    _may_share(user, is_shared=is_shared)
    if await store.count(conn, user.id, of) >= MOST:
        raise Invalid(phrase("You have {most} views here; delete one first.", most=MOST), field="name")
    return await store.create(conn, user.id, of=of, name=words, is_shared=is_shared, looks=looks)


async def save(conn: Conn, user: User, id_: int, looks: Looks) -> None:
    """The view shows this from now on."""
    await _own(conn, user, id_)
    await store.save(conn, id_, looks)


async def rename(conn: Conn, user: User, id_: int, *, name: str, is_shared: bool) -> None:
    present = await _own(conn, user, id_)
    if is_shared and not present.is_shared:
        _may_share(user, is_shared=True)
    await store.name(conn, id_, _name(name), is_shared=is_shared)


async def remove(conn: Conn, user: User, id_: int) -> View:
    """The view as it was; `restore` brings it back."""
    present = await _own(conn, user, id_)
    await store.remove(conn, user.id, id_)
    return present


async def restore(conn: Conn, user: User, id_: int) -> str:
    """The object of the view that was removed and is there again."""
    found = await store.restore(conn, user.id, id_)
    if found is None:
        raise NotFound(NO_VIEW)
    return found


async def place(conn: Conn, user: User, ids: Sequence[int]) -> None:
    """The user's own views in this order."""
    await store.place(conn, user.id, ids)


async def _own(conn: Conn, user: User, id_: int) -> View:
    found = await get(conn, user, id_)
    if not found.is_own:
        raise Forbidden(phrase("This view is a colleague's; save it as one of your own."))
    return found


def _may_share(user: User, *, is_shared: bool) -> None:
    if is_shared and not may(user.role, "share views"):
        raise Forbidden(phrase("Your role does not include sharing views."))


def _name(name: str) -> str:
    words = one_line(name)
    if not words or len(words) > LONGEST_NAME:
        raise Invalid(
            phrase("Give the view a name of at most {most} characters.", most=LONGEST_NAME), field="name"
        )
    return words
