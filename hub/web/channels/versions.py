"""Two who change the settings of one channel: the second is shown what the first has saved."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.contract import ConnectorSpec
from crm_core.sql import Conn
from hub.web import forms, versions
from hub.wording.i18n import gettext
from inbox.channels import service
from inbox.channels.model import Channel
from values.errors import Conflict, Invalid


async def check(conn: Conn, before: Channel, spec: ConnectorSpec, fields: Mapping[str, str]) -> None:
    """Raise Stale, with what is saved now, when the form was made on an older version."""
    await versions.alone(conn, "channel", before.slug)
    now = await service.get(conn, before.slug)
    if fields.get(versions.FIELD, str(now.version)) != str(now.version):
        secret = {each.name for each in spec.settings if each.type == "secret"}
        shown = {name: value for name, value in now.settings.items() if name not in secret}
        raise versions.Stale(shown | {"name": now.name, "region": now.region})


def told(error: Invalid | Conflict, fields: Mapping[str, str]) -> dict[str, str]:
    """The problems of the form, by field."""
    if isinstance(error, versions.Stale):
        return {versions.FIELD: gettext(str(error))} | versions.problems(error, fields)
    return {getattr(error, "field", "") or "name": str(error)}


def status_of(problems: Mapping[str, str]) -> int:
    return 409 if versions.FIELD in problems else forms.status_of(problems)
