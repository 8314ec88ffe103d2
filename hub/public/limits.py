"""How often an address or a visitor may ask; counted in this process, for what costs little and is not stored."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from connectors.rate_limit import RateLimit
from hub.public.channel import problem

RATES: web.AppKey[RateLimit] = web.AppKey("public_rates", RateLimit)


def too_often(request: web.Request, what: str, who: str, *, per_minute: int) -> web.Response | None:
    """The answer to one who asks too often; None while all is well."""
    within = request.app[RATES].within((what, who), per_minute=per_minute, at=datetime.now(UTC))
    if within:
        return None
    return problem(
        429, "Too many requests.", detail="Wait a minute and try again.", headers={"Retry-After": "60"}
    )
