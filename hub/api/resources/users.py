"""Users, to read: who there is to own and to be assigned."""

from __future__ import annotations

from typing import Annotated

import msgspec

from crm_core.users import service
from crm_core.users.model import User
from hub.api.endpoint import Call, endpoints_of

DEPRECATED = msgspec.Meta(
    description="The former name of is_available.", extra_json_schema={"deprecated": True}
)


class UserOut(msgspec.Struct, kw_only=True):
    """`is_available` takes new conversations now, `capacity` open ones at most."""

    id: int
    email: str
    name: str
    role: str
    sees_all: bool
    language: str
    timezone: str
    is_active: bool
    is_available: bool
    capacity: int
    extension: str
    is_in: Annotated[bool, DEPRECATED]


class UserList(msgspec.Struct, kw_only=True):
    items: list[UserOut]


async def list_users(call: Call) -> UserList:
    return UserList(items=[_out(user) for user in await service.list_users(call.conn)])


async def get_user(call: Call) -> UserOut:
    return _out(await service.get(call.conn, call.id()))


def _out(user: User) -> UserOut:
    fields = {name: getattr(user, name) for name in UserOut.__struct_fields__ if name != "is_in"}
    return UserOut(**fields, is_in=user.is_available)


endpoint = endpoints_of("users")
ENDPOINTS = (
    endpoint("GET", "/users", "Everybody, active ones first", list_users, returns=UserList),
    endpoint("GET", r"/users/{id:\d+}", "One user", get_user, returns=UserOut),
)
