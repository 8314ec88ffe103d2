"""Users, to read: who there is to own and to be assigned."""

from __future__ import annotations

import msgspec

from crm_core.users import service
from crm_core.users.model import User
from hub.api.endpoint import Call, endpoints_of


class UserOut(msgspec.Struct, kw_only=True):
    """`is_in` takes new conversations now, `capacity` open ones at most."""

    id: int
    email: str
    name: str
    role: str
    sees_all: bool
    language: str
    timezone: str
    is_active: bool
    is_in: bool
    capacity: int
    extension: str


class UserList(msgspec.Struct, kw_only=True):
    items: list[UserOut]


async def list_users(call: Call) -> UserList:
    return UserList(items=[_out(user) for user in await service.list_users(call.conn)])


async def get_user(call: Call) -> UserOut:
    return _out(await service.get(call.conn, call.id()))


def _out(user: User) -> UserOut:
    return UserOut(**{name: getattr(user, name) for name in UserOut.__struct_fields__})


endpoint = endpoints_of("users")
ENDPOINTS = (
    endpoint("GET", "/users", "Everybody, active ones first", list_users, returns=UserList),
    endpoint("GET", r"/users/{id:\d+}", "One user", get_user, returns=UserOut),
)
