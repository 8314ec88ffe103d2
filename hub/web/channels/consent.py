"""A mailbox's owner agrees at Google, Microsoft or another provider, and comes back with a lasting permission."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from typing import Final

import msgspec
from aiohttp import web

from connectors.contract import CredentialsDead, Health, OAuthConsent, SendError, State
from hub.audit import service as audit
from hub.crypto import WrongKey
from hub.peers import peer
from hub.web.channels import form as channel_form
from hub.web.channels import listing as channels
from hub.web.channels import probing
from hub.web.context import runtime, transaction, user
from hub.web.render import see_other
from hub.web.session import is_secure
from hub.wording.i18n import N_, gettext
from inbox.channels import service
from inbox.channels.model import Channel
from values.errors import Invalid

COOKIE: Final = "hub_consent"
BACK: Final = "/oauth/back"
LASTS: Final = 900
NO: Final = N_("The provider gave no permission: {said}")
ANEW: Final = N_("Start again with the button on the channel's page.")
STRANGE: Final = N_(
    "Nobody asked for this permission here, or it took too long. Start again with the button on the channel's page."
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser keeps, sealed, until it comes back."""

    slug: str
    user_id: int
    state: str
    verifier: str
    until: float


async def ask(request: web.Request) -> web.StreamResponse:
    """Send the browser to the provider. A link, not a form: the page's policy lets no form leave this host."""
    row = await _channel(request, request.match_info["slug"])
    live = probing.live_of(runtime(request), row)
    asked = Asked(
        slug=row.slug,
        user_id=user(request).id,
        state=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        until=time.time() + LASTS,
    )
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    url = ""
    if live is not None and isinstance(live.connector, OAuthConsent):
        url = live.connector.consent_url(
            live.config.settings,
            redirect=_back(request),
            state=asked.state,
            challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        )
    if not url:
        raise Invalid(N_("Choose the sign-in, enter the OAuth client id and save first."), field="sign_in")
    response = web.Response(status=303, headers={"Location": url})
    sealed = runtime(request).cipher.encrypt(msgspec.json.encode(asked).decode())
    response.set_cookie(
        COOKIE,
        sealed,
        max_age=LASTS,
        path=BACK,
        httponly=True,
        secure=is_secure(request),
        samesite="Lax",  # the provider leads the browser back here
    )
    return response


async def back(request: web.Request) -> web.StreamResponse:
    """The provider's answer: only to whom was asked, in the browser that asked."""
    asked = _asked(request)
    row = await _channel(request, asked.slug)
    if "error" in request.query:
        said = request.query.get("error_description") or request.query["error"]
        return await _refused(request, row, gettext(NO).format(said=said[:200]))
    live = probing.live_of(runtime(request), row)
    if live is None or not isinstance(live.connector, OAuthConsent):
        raise Invalid(N_("The connector of this channel is not installed."))
    try:
        found = await live.connector.consented(
            runtime(request).context_of(live),
            code=request.query.get("code", ""),
            verifier=asked.verifier,
            redirect=_back(request),
        )
    except CredentialsDead as error:
        return await _refused(request, row, f"{error.reason}.")
    except SendError as error:
        return await _refused(request, row, f"{error.reason}.", state=State.TRANSIENT)
    async with transaction(request) as conn:
        cipher, registry = runtime(request).cipher, runtime(request).registry
        row = await service.get(conn, row.slug)
        row = await service.update(conn, registry, cipher, row.slug, settings=found)
        await audit.record(
            conn,
            "channel.changed",
            user_id=user(request).id,
            peer=peer(request),
            target=row.slug,
            data={"connector": row.connector, "settings": sorted(found)},
        )
    health = await probing.probe(runtime(request), row)
    async with transaction(request) as conn:
        await probing.report(conn, row, health)
    await channels.changed(request, row)
    response = see_other(request, f"/channels/{row.slug}?saved=1")
    response.del_cookie(COOKIE, path=BACK)
    return response


def _asked(request: web.Request) -> Asked:
    """Raises `Invalid` for an answer that nobody here asked for."""
    try:
        plain = runtime(request).cipher.decrypt(request.cookies.get(COOKIE, ""))
        asked = msgspec.json.decode(plain, type=Asked)
    except (WrongKey, msgspec.DecodeError) as error:
        raise Invalid(STRANGE) from error
    given = request.query.get("state", "").encode()
    is_ours = hmac.compare_digest(given, asked.state.encode()) and asked.user_id == user(request).id
    if not is_ours or asked.until < time.time():
        raise Invalid(STRANGE)
    return asked


async def _refused(
    request: web.Request, row: Channel, sentence: str, *, state: State = State.NEEDS_CREDENTIALS
) -> web.StreamResponse:
    return await channel_form.told(request, row, health=Health(state=state, sentence=sentence, remedy=ANEW))


async def _channel(request: web.Request, slug: str) -> Channel:
    async with transaction(request) as conn:
        return await service.get(conn, slug)


def _back(request: web.Request) -> str:
    return runtime(request).settings.public_url.rstrip("/") + BACK
