"""Every error of the API as an RFC 9457 problem: what is wrong, in which field, what to do."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from aiohttp import web

from values.errors import Conflict, Forbidden, Invalid, NotFound

MIME = "application/problem+json"
TYPE = "urn:omnihub:problem:"
"""Before the code in `type`: what a program branches on. The sentences are for people and may change."""
CODES = {
    400: "unreadable",
    401: "no-token",
    403: "not-allowed",
    404: "not-found",
    405: "wrong-method",
    408: "too-slow",
    409: "conflict",
    410: "gone",
    412: "changed-meanwhile",
    413: "too-large",
    415: "wrong-type",
    422: "invalid",
    429: "too-many",
    500: "broken",
    503: "unavailable",
}


class Problem(Exception):
    """An answer that is a problem."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        detail: str = "",
        field: str = "",
        code: str = "",
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(title)
        self.more = dict(more or {})
        self.status, self.title, self.detail, self.field = status, title, detail, field
        self.code = code or CODES.get(status, "error")


def of_error(error: Exception) -> Problem | None:
    """The problem that an error for people stands for; None for a bug."""
    match error:
        case Problem():
            return error
        case NotFound():
            return Problem(404, "Not found", detail=str(error))
        case Forbidden():
            return Problem(403, "Not allowed", detail=str(error))
        case Invalid():
            return Problem(422, "Cannot be taken as it is", detail=str(error), field=error.field)
        case Conflict():
            return Problem(409, "In conflict with what is there", detail=str(error))
        case _:
            return None


def response(problem: Problem, *, instance: str = "") -> web.Response:
    body: dict[str, object] = {
        "type": TYPE + problem.code,
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        body["detail"] = problem.detail
    if instance:
        body["instance"] = instance
    if problem.field:
        body["errors"] = [{"field": problem.field, "detail": problem.detail}]
    body |= problem.more
    headers = {"WWW-Authenticate": 'Bearer realm="omnihub"'} if problem.status == 401 else None
    return web.Response(status=problem.status, body=orjson.dumps(body), content_type=MIME, headers=headers)
