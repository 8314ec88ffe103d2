"""Where a recording is, and fetching it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.asterisk.settings import text
from connectors.contract import Attachment, Context, Refused, TryAgain, Unknown
from values.sentences import phrase

LIMIT = 64 * 1024 * 1024


def address(path: str, settings: Mapping[str, Any]) -> str:
    """The address of a file on the Asterisk; empty where no web server shows it. Nothing outside the folder is asked for."""
    base, folder = text(settings, "recordings_url"), text(settings, "recordings_folder").rstrip("/") + "/"
    if not base or not path:
        return ""
    relative = path.removeprefix(folder)
    parts = relative.split("/")
    if relative.startswith("/") or any(part in ("", ".", "..") for part in parts) or len(path) > 500:
        return ""
    return base.rstrip("/") + "/" + "/".join(quote(part, safe="") for part in parts)


async def fetch(attachment: Attachment, context: Context) -> bytes:
    """The bytes. Our user and password go only below the address of recordings."""
    settings = context.channel.settings
    url, base = attachment.url, text(settings, "recordings_url").rstrip("/") + "/"
    if not url:
        raise Refused(phrase("Asterisk does not say where the recording is."))
    headers: dict[str, str] = {}
    if text(settings, "recordings_user") and url.startswith(base):
        pair = f"{text(settings, 'recordings_user')}:{text(settings, 'recordings_password')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    try:
        reply = await context.http.request("GET", url, headers=headers, timeout=60, limit=LIMIT, guarded=True)
    except Unknown as error:
        raise TryAgain(error.reason) from error
    if reply.status >= 500 or reply.status in (404, 408, 425, 429):
        raise TryAgain(phrase("The recording is not ready there yet ({status}).", status=reply.status))
    if reply.status in (401, 403):
        raise Refused(
            phrase(
                "The web server does not give us the recording ({status}): check its user and password.",
                status=reply.status,
            )
        )
    if reply.status >= 300:
        raise Refused(
            phrase("The web server does not give us the recording ({status}).", status=reply.status)
        )
    return reply.body
