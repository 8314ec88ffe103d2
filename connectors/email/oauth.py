"""OAuth for mailboxes: access tokens out of a refresh token, kept until they end (RFC 6749, XOAUTH2 of Google and Microsoft)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

import orjson

from connectors.contract import CredentialsDead, Http, Reply, TryAgain, Unknown
from connectors.email.spec import Mailbox, OAuth
from connectors.overheard import overheard
from values.sentences import phrase

EARLY: Final = 120.0
"""Seconds before its end at which a token is not used any more."""
WITHIN: Final = 20.0
DEAD: Final = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "interaction_required"})
Result = TypeVar("Result")

_tokens: dict[OAuth, tuple[str, float]] = {}


async def with_token(http: Http, mailbox: Mailbox, use: Callable[[Mailbox], Awaitable[Result]]) -> Result:
    """Use the mailbox signed in by token; a token that the server refuses is fetched anew once. As it is for a password.

    What is said to its servers meanwhile is told to the client's witness.
    """
    with overheard(http):
        return await _with_token(http, mailbox, use)


async def _with_token(http: Http, mailbox: Mailbox, use: Callable[[Mailbox], Awaitable[Result]]) -> Result:
    if mailbox.oauth is None:
        return await use(mailbox)
    if mailbox.oauth in _tokens and _tokens[mailbox.oauth][1] > time.monotonic():
        try:
            return await use(_signed(mailbox, _tokens[mailbox.oauth][0]))
        except CredentialsDead:
            _tokens.pop(mailbox.oauth, None)
    return await use(_signed(mailbox, await _fetch(http, mailbox.oauth)))


def forget(mailbox: Mailbox) -> None:
    """Fetch a new token at the next use."""
    if mailbox.oauth is not None:
        _tokens.pop(mailbox.oauth, None)


def _signed(mailbox: Mailbox, token: str) -> Mailbox:
    imap = replace(mailbox.imap, token=token, user=mailbox.imap.user or mailbox.address)
    smtp = replace(mailbox.smtp, token=token, user=mailbox.smtp.user or imap.user)
    return replace(mailbox, imap=imap, smtp=smtp)


async def _fetch(http: Http, oauth: OAuth) -> str:
    """A new access token. Raises `CredentialsDead` when the permission is gone, `TryAgain` when the provider is away."""
    form = {
        "grant_type": "refresh_token",
        "client_id": oauth.client_id,
        "refresh_token": oauth.refresh_token,
        **({"client_secret": oauth.client_secret} if oauth.client_secret else {}),
        **({"scope": oauth.scope} if oauth.scope else {}),
    }
    try:
        reply = await http.request("POST", oauth.token_url, form=form, timeout=WITHIN, limit=256 * 1024)
    except Unknown as error:
        raise TryAgain(phrase("The sign-in service broke off: {reason}", reason=error.reason)) from error
    answer = json_of(reply)
    token = answer.get("access_token")
    if reply.status == 200 and isinstance(token, str) and token:
        _tokens[oauth] = (token, time.monotonic() + max(0.0, _seconds(answer.get("expires_in")) - EARLY))
        return token
    said = str(answer.get("error_description") or answer.get("error") or f"status {reply.status}")[:200]
    if answer.get("error") in DEAD or reply.status == 401:
        raise CredentialsDead(phrase("The sign-in service gives no access any more: {said}", said=said))
    raise TryAgain(phrase("The sign-in service gave no token: {said}", said=said))


def json_of(reply: Reply) -> dict[str, Any]:
    """The object of an answer; empty for anything else."""
    try:
        found = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float:
    try:
        return min(float(str(value)), 86_400.0)
    except ValueError:
        return 300.0
