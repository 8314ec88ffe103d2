"""Files: uploaded before the message that sends them, downloaded by whoever may see their conversation."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, File, endpoints_of
from hub.problems import Problem
from inbox.files import service as files


class UploadQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`name` with its ending; `mime` as the customer's program is told."""

    name: Annotated[str, Meta(min_length=1, max_length=150)]
    mime: Annotated[str, Meta(max_length=150)] = "application/octet-stream"


class Uploaded(msgspec.Struct, kw_only=True):
    """For `attachment_ids` of a message written with the same token's user."""

    id: UUID


async def upload_attachment(call: Call) -> Uploaded:
    query: UploadQuery = call.query
    id_ = await files.upload(
        call.conn, user_id=call.viewer.user_id, name=query.name, mime=query.mime, content=call.body
    )
    return Uploaded(id=id_)


async def get_attachment(call: Call) -> File:
    try:
        id_ = UUID(call.path["uuid"])
    except ValueError:
        raise Problem(404, "Not found", detail="This file is not here.") from None
    row = await files.open_file(call.conn, call.viewer, id_)
    return File(name=row.name, mime=row.mime, content=row.content)


_endpoint: Any = endpoints_of("conversations")
ENDPOINTS = (
    _endpoint(
        "POST",
        "/attachments",
        "Upload a file, its bytes as the body",
        upload_attachment,
        query=UploadQuery,
        returns=Uploaded,
        status=201,
        takes_bytes=files.MAX_UPLOAD,
    ),
    _endpoint("GET", "/attachments/{uuid}", "Download a file", get_attachment, returns=File),
)
