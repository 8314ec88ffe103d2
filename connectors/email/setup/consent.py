"""The owner of a mailbox agrees at the provider: authorization code with PKCE and state (RFC 6749, RFC 7636)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from connectors.contract import CredentialsDead, Http, Settings, TryAgain, Unknown
from connectors.email.oauth import WITHIN, json_of
from connectors.email.spec import Mailbox
from values.sentences import phrase

AUTHORIZE: Final = {
    "google": (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://mail.google.com/",
        {"access_type": "offline", "prompt": "consent"},
    ),
    "microsoft": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        {"prompt": "select_account"},
    ),
    "oauth": ("", "", {}),
}
"""Where the owner is asked, for what, and what else the provider wants; without it Google gives no refresh token."""


def consent_url(settings: Settings, *, redirect: str, state: str, challenge: str) -> str:
    """Where to send the owner; empty where the settings name no provider or no client."""
    address, scope, more = AUTHORIZE.get(str(settings.get("sign_in") or ""), AUTHORIZE["oauth"])
    address = str(settings.get("oauth_authorize_url") or "").strip() or address
    mailbox = Mailbox.of(settings)
    if mailbox.oauth is None or not mailbox.oauth.client_id or not _is_web(address):
        return ""
    query = {
        "response_type": "code",
        "client_id": mailbox.oauth.client_id,
        "redirect_uri": redirect,
        "scope": str(settings.get("oauth_scope") or "").strip() or scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": mailbox.address,
        **more,
    }
    joint = "&" if urlsplit(address).query else "?"
    return address + joint + urlencode({name: value for name, value in query.items() if value})


async def refresh_token(settings: Settings, http: Http, *, code: str, verifier: str, redirect: str) -> str:
    """What the code is worth. Raises `CredentialsDead` when the provider refuses it, `TryAgain` when it is away."""
    oauth = Mailbox.of(settings).oauth
    if oauth is None or not oauth.token_url:
        raise CredentialsDead(phrase("The channel has no OAuth token address"))
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "client_id": oauth.client_id,
        "code_verifier": verifier,
        **({"client_secret": oauth.client_secret} if oauth.client_secret else {}),
    }
    try:
        reply = await http.request("POST", oauth.token_url, form=form, timeout=WITHIN, limit=256 * 1024)
    except Unknown as error:
        raise TryAgain(phrase("The sign-in service broke off: {reason}", reason=error.reason)) from error
    answer: dict[str, Any] = json_of(reply)
    if reply.status >= 500:
        raise TryAgain(phrase("The sign-in service is away: status {status}", status=reply.status))
    if reply.status != 200 or not answer.get("access_token"):
        said = answer.get("error_description") or answer.get("error") or f"status {reply.status}"
        raise CredentialsDead(phrase("The sign-in service refused: {said}", said=str(said)[:200]))
    token = answer.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise CredentialsDead(
            phrase(
                "The sign-in service gave no lasting permission (refresh token): withdraw the old one there and agree anew"
            )
        )
    return token


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname)
