"""Asking the provider: every request of a manifest goes out here, with its access token, and its answer comes back here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from connectors.charsets import codec, decode
from connectors.contract import (
    ChannelConfig,
    Context,
    CredentialsDead,
    OutboundFile,
    Refused,
    Reply,
    SendError,
    TryAgain,
    Unknown,
)
from connectors.manifest.body import channel_names
from connectors.manifest.model import Request, TokenSource
from connectors.manifest.templates import filled
from connectors.tokens import Token, renewed_before
from values.sentences import changed, phrase
from values.spellings import all_ways

Root = dict[str, Any]
HIDDEN = "•••"
SHORTEST_SECRET = 4
LARGEST_ANSWER = 1024 * 1024
"""Bytes; what is larger is a file."""
FORM = "application/x-www-form-urlencoded"
REASONS = ("error_description", "error_msg", "errmsg", "message", "error")


async def perform(
    request: Request, root: Root, context: Context, *, file: OutboundFile | None = None
) -> Reply:
    """One request of the manifest. A broken line is passing where the request reaches nobody.

    One that needs an access token is asked once more with a new one where the provider says that the token is over: it did
    nothing then. The token never stands in an answer or in an error.
    """
    source = request.token
    if source is None:
        return await _once(request, root, context, file=file)
    token = await _token(source, root, context)
    reply = await _with_token(request, root, context, token=token, file=file)
    if reply.status != 401 and not (source.expired and source.expired(answer_root(reply))):
        return reply
    token = await _token(source, root, context, refused=token)
    return await _with_token(request, root, context, token=token, file=file)


def answer_root(reply: Reply) -> dict[str, Any]:
    """An answer as expressions see it."""
    try:
        body: Any = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        body = None
    text = reply.body[:2000].decode("utf-8", "replace")
    return {"status": reply.status, "headers": dict(reply.headers), "body": body, "text": text}


def base_root(channel: ChannelConfig) -> Root:
    """What every template may name."""
    settings = {name: value for name, value in channel.settings.items() if value is not None}
    return {"settings": settings, "channel": channel_names(channel)}


def without(text: str, secrets: Sequence[str]) -> str:
    """The text, or what stands in the sentence, without these secrets in any spelling."""
    ways = all_ways(tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET))
    if not any(way in text for way in ways):
        return text

    def bare(said: str) -> str:
        for way in ways:
            said = said.replace(way, HIDDEN)
        return said

    return changed(text, bare)


def hidden(error: SendError, *secrets: str) -> SendError:
    """The same outcome without these secrets in its reason."""
    reason = without(error.reason, secrets)
    if reason == error.reason:
        return error
    if isinstance(error, TryAgain):
        return type(error)(reason, after=error.after, arrived=error.arrived)
    if isinstance(error, Unknown):
        return Unknown(reason, arrived=error.arrived)
    return type(error)(reason)


async def _with_token(
    request: Request, root: Root, context: Context, *, token: str, file: OutboundFile | None
) -> Reply:
    try:
        reply = await _once(request, {**root, "token": token}, context, file=file)
    except SendError as error:
        raise hidden(error, token) from None
    return replace(reply, body=_bare(reply.body, token))


def _bare(body: bytes, token: str) -> bytes:
    """An answer that sends the token back, however it writes it; a file is looked through once only."""
    if len(token) < SHORTEST_SECRET:
        return body
    for way in all_ways((token,)) if len(body) <= LARGEST_ANSWER else (token,):
        body = body.replace(way.encode(), HIDDEN.encode())
    return body


async def _token(source: TokenSource, root: Root, context: Context, *, refused: str = "") -> str:
    known = {"settings": root["settings"], "channel": root["channel"]}

    async def fetch() -> Token:
        return await _fetched(source, known, context)

    return await context.tokens.get(_key(source, known, context.channel), fetch, refused=refused)


def _key(source: TokenSource, root: Root, channel: ChannelConfig) -> str:
    """A name of the token that changes with what it is asked with: other credentials never get it."""
    request = source.request
    parts = [
        filled(part, root) for part in (request.url, request.headers, request.json, request.form) if part
    ]
    said = orjson.dumps([request.method, parts], default=str)
    return hmac.new(channel.secret or channel.slug.encode(), b"token:" + said, "sha256").hexdigest()[:40]


async def _fetched(source: TokenSource, root: Root, context: Context) -> Token:
    """A new token. A provider that gives none does not take the credentials; one that is out of order is asked later."""
    reply = await _once(source.request, root, context)
    answer = answer_root(reply)
    value, lasts = source.value(answer), source.lasts(answer) if source.lasts else None
    if 200 <= reply.status < 300 and isinstance(value, str) and value.strip():
        try:
            seconds = float(lasts) if lasts is not None and not isinstance(lasts, bool) else None
        except (TypeError, ValueError):
            seconds = None
        return Token(value=value.strip(), renew_at=renewed_before(seconds, source.early))
    why = _why(answer)
    if reply.status in (408, 425, 429) or reply.status >= 500 or not isinstance(answer["body"], dict):
        after = reply.headers.get("retry-after", "")
        seconds = float(after) if after.isdecimal() and len(after) < 6 else None
        raise TryAgain(phrase("The provider gives no access token: {why}", why=why), after=seconds)
    raise CredentialsDead(phrase("The provider gives no access token: {why}", why=why))


def _why(answer: Mapping[str, Any]) -> str:
    body = answer["body"]
    told = [body.get(name) for name in REASONS] if isinstance(body, dict) else []
    said = next((one for one in told if isinstance(one, str) and one.strip()), "no explanation")
    return f"{said[:300]} ({answer['status']})."


async def _once(request: Request, root: Root, context: Context, *, file: OutboundFile | None = None) -> Reply:
    headers = {
        str(name): str(value)
        for name, value in (filled(request.headers, root) if request.headers else {}).items()
    }
    form: Any = None
    body: bytes | None = None
    if file is not None and request.whole_file:
        body = file.content
        headers.setdefault("Content-Type", _plain(file.mime))
    elif request.form or (file is not None and request.file_field):
        form, body = _form(request, root, file)
        if body is not None:
            headers.setdefault("Content-Type", f"{FORM}; charset={request.charset}")
    if any(not value.isprintable() for pair in headers.items() for value in pair):
        raise Refused(phrase("A header would hold a line break or a control character."))
    reply = await _asked(request, root, context, headers=headers, form=form, body=body)
    return replace(reply, body=_in_utf8(reply, request.charset))


async def _asked(
    request: Request, root: Root, context: Context, *, headers: dict[str, str], form: Any, body: bytes | None
) -> Reply:
    """The only place where a manifest speaks to the client."""
    try:
        return await context.http.request(
            request.method,
            str(filled(request.url, root)),
            headers=headers,
            json=filled(request.json, root) if request.json else None,
            form=form,
            body=body,
            guarded=request.elsewhere,
        )
    except Unknown as error:
        if request.quiet:
            raise TryAgain(error.reason) from error
        raise


def _form(request: Request, root: Root, file: OutboundFile | None) -> tuple[Any, bytes | None]:
    """The fields, with the file among them where there is one; as bytes where the provider reads another charset."""
    fields = {
        name: str(value) for name, value in (filled(request.form, root) if request.form else {}).items()
    }
    if file is not None and request.file_field:
        data = aiohttp.FormData(quote_fields=False)  # names in any script arrive as they are
        for name, value in fields.items():
            data.add_field(name, value)
        data.add_field(
            request.file_field, file.content, filename=_plain(file.name), content_type=_plain(file.mime)
        )
        return data, None
    if request.charset == "utf-8":
        return fields, None
    return None, urlencode(fields, encoding=request.charset, errors="xmlcharrefreplace").encode()


def _in_utf8(reply: Reply, charset: str) -> bytes:
    """The answer's body in UTF-8: its own word on its charset goes before the manifest's."""
    said = reply.headers.get("content-type", "").lower().partition("charset=")[2].partition(";")[0]
    name = codec(said) or charset
    if name in ("utf-8", "ascii") or reply.body.isascii():
        return reply.body
    return decode(reply.body, name).encode()


def _plain(text: str) -> str:
    """Without what would end a header."""
    return "".join(char for char in text if char.isprintable() and char != '"') or "file"
