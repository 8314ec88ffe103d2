"""The catalogue of this product: what every owner declares, put together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from crm_core import money
from crm_core.catalogue.model import Catalogue, put_together
from crm_core.colleagues import USER
from crm_core.companies.declared import COMPANY
from crm_core.contacts.declared import CONTACT, HANDLE
from crm_core.deals.declared import DEAL, PIPELINE, STAGE
from crm_core.fields import service as fields
from crm_core.fields.declared import with_own
from crm_core.leads.declared import LEAD
from crm_core.sql import Conn
from crm_core.tasks.declared import TASK
from hub.settings import Settings
from inbox.calls.declared import CALL
from inbox.channels.declared import CHANNEL
from inbox.conversations.declared import CONVERSATION, MESSAGE
from values.filters.binding import Terms
from values.filters.calendar import Calendar

CATALOGUE: Final[Catalogue] = put_together(
    (
        USER,
        COMPANY,
        CONTACT,
        HANDLE,
        LEAD,
        DEAL,
        PIPELINE,
        STAGE,
        TASK,
        CHANNEL,
        CONVERSATION,
        MESSAGE,
        CALL,
    )
)


_MADE: dict[str, Catalogue] = {}
"""The catalogue that this process made last, by the version of the own fields in it."""


async def current(conn: Conn) -> Catalogue:
    """The catalogue as it is now, with customers' own fields."""
    own = await fields.own(conn)
    if own.version not in _MADE:
        made = with_own(CATALOGUE, own)
        _MADE.clear()
        _MADE[own.version] = made
    return _MADE[own.version]


def terms(settings: Settings, catalogue: Catalogue = CATALOGUE, *, now: datetime | None = None) -> Terms:
    """What filters are bound with: the company's days and weeks, whoever asks."""
    calendar = Calendar(now=now or datetime.now(UTC), zone=ZoneInfo(settings.timezone))
    return Terms(objects=catalogue, calendar=calendar, precision=money.precision)
