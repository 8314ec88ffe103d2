"""A user, and the viewer that every look-up takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_core.access.abilities import PRODUCT, Ability, may
from crm_core.editing import UNSET, Edited
from values.errors import Forbidden
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who works here. `capacity` is how many open conversations are routed to them at most.

    `reply_name` is what customers see instead of `name`, `signature` what stands below their mail instead of the channel's.
    """

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
    reply_name: str
    signature: str
    has_password: bool
    has_totp: bool

    def can(self, ability: Ability) -> bool:
        """Whether the user's role has the ability."""
        return may(self.role, ability)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserValues:
    """What is edited of a user, as it is kept."""

    email: str = ""
    name: str = ""
    role: str = ""
    sees_all: bool = False
    language: str = "en"
    timezone: str = "UTC"
    is_active: bool = True
    capacity: int = 0
    extension: str = ""
    reply_name: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """An edit of a user."""

    email: Edited[str] = UNSET
    name: Edited[str] = UNSET
    role: Edited[str] = UNSET
    sees_all: Edited[bool] = UNSET
    language: Edited[str] = UNSET
    timezone: Edited[str] = UNSET
    is_active: Edited[bool] = UNSET
    capacity: Edited[int] = UNSET
    extension: Edited[str] = UNSET
    reply_name: Edited[str] = UNSET
    signature: Edited[str] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking: decides which rows there are."""

    user_id: int | None
    role: str
    sees_all: bool = False
    token_id: int | None = None
    """The token of a program that asks, if one does."""

    @classmethod
    def of(cls, user: User) -> Viewer:
        return cls(user_id=user.id, role=user.role, sees_all=user.sees_all)

    def can(self, ability: Ability) -> bool:
        """Whether the role has the ability."""
        return may(self.role, ability)

    @property
    def sql_id(self) -> int | None:
        """What statements get: None sees everything, a user's id sees that user's and nobody's rows."""
        if self.can("all customers") or (self.sees_all and self.can("customers")):
            return None
        return -1 if self.user_id is None else self.user_id

    def require_customers(self) -> None:
        """Raise Forbidden for who may not see customers."""
        if not self.can("customers"):
            raise Forbidden(phrase("Your role does not include customers."))

    def scope(self) -> int | None:
        """`sql_id`, for a viewer who may see customers at all; raises Forbidden otherwise."""
        self.require_customers()
        return self.sql_id


SYSTEM = Viewer(user_id=None, role=PRODUCT, sees_all=True)
"""The product itself: sees everything, is nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """A user who is in. `capacity` is how many open conversations they take at most."""

    id: int
    name: str
    capacity: int
    routed_at: datetime
    email: str = ""
