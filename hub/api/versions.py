"""`ETag` and `If-Match`: a change is made on the version that was read, or it is refused with what stands there now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from crm_core.catalogue import change_store
from crm_core.catalogue.store import Selection
from hub.api.endpoint import Call, Endpoint
from hub.api.resources.records import OF
from hub.catalogue import current
from hub.problems import Problem
from values.filters.bound import EVERYTHING
from values.sentences import english

CHANGING = ("PATCH", "PUT", "DELETE")


def tag(body: bytes) -> str:
    """Of what is answered: the same record reads the same."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(header: str, present: str) -> bool:
    """Whether a list of tags has this one; `*` is any."""
    given = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in given or present in given


async def check(call: Call, readers: Mapping[str, Endpoint], path: str, wanted: str) -> None:
    """Raises Problem (412) with the record as it is, where it is not the version that was read."""
    reader = readers.get(path)
    resource = path.split("/")[1]
    if reader is None or resource not in OF:
        raise Problem(
            422,
            "Cannot be taken as it is",
            detail="If-Match goes with the address of one record.",
            field="If-Match",
        )
    of = OF[resource]
    selection = Selection(await current(call.conn), of, EVERYTHING, call.viewer.scope())
    await change_store.lock(call.conn, selection, call.id())
    present = await reader.handler(call)
    body = msgspec.json.encode(present, enc_hook=english)
    if not matches(wanted, tag(body)):
        found: Any = msgspec.json.decode(body)
        raise Problem(
            412,
            "Changed meanwhile",
            detail="Somebody has changed this record since you read it; `current` is what it is now.",
            more={"current": found, "etag": tag(body)},
        )
