"""Fetching a file: by `ref` through the manifest's look-up, else by address; credentials go only to the named hosts."""

from __future__ import annotations

import time
from typing import Any

from connectors.contract import Attachment, Context, CredentialsDead, Refused, TryAgain, Unknown
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.filters import host_of
from connectors.manifest.model import Manifest
from connectors.manifest.templates import filled
from values.sentences import phrase

LIMIT = 32 * 1024 * 1024


async def fetch(manifest: Manifest, attachment: Attachment, context: Context) -> bytes:
    """The bytes. Addresses come from outside, so they are guarded. Raises TryAgain, Refused or CredentialsDead."""
    url = await _address(manifest, attachment, context)
    if not url:
        raise Refused(phrase("The provider does not say where the file is."))
    headers = _headers(manifest, url, context)
    try:
        reply = await context.http.request("GET", url, headers=headers, timeout=60, limit=LIMIT, guarded=True)
    except Unknown as error:
        raise TryAgain(error.reason) from error
    if reply.status >= 500 or reply.status in (404, 408, 425, 429):
        raise TryAgain(phrase("The file is not ready there yet ({status}).", status=reply.status))
    if reply.status in (401, 403) and headers:
        raise CredentialsDead(
            phrase("The provider does not give the file to our credentials ({status}).", status=reply.status)
        )
    if reply.status >= 300:
        raise Refused(phrase("The provider does not give the file ({status}).", status=reply.status))
    return reply.body


async def _address(manifest: Manifest, attachment: Attachment, context: Context) -> str:
    files = manifest.files
    if attachment.ref and files.address is not None:
        return str(filled(files.address, _root(attachment, context)))
    if not attachment.ref or files.lookup is None or files.url is None:
        return attachment.url
    answer = answer_root(await perform(files.lookup, _root(attachment, context), context))
    judge(manifest.outcomes, answer, is_message=False)
    return str(files.url(answer) or "")


def _root(attachment: Attachment, context: Context) -> dict[str, Any]:
    return {**base_root(context.channel), "ref": attachment.ref, "now": int(time.time())}


def _headers(manifest: Manifest, url: str, context: Context) -> dict[str, str]:
    files, root = manifest.files, base_root(context.channel)
    hosts = [str(filled(host, root)).lower() for host in files.hosts]
    if files.headers is None or not _is_of(host_of(url).lower(), hosts):
        return {}
    return {str(name): str(value) for name, value in filled(files.headers, root).items()}


def _is_of(host: str, hosts: list[str]) -> bool:
    return any(
        host == known or (known.startswith("*.") and host.endswith(known[1:]))
        for known in hosts
        if known and host
    )
