"""Sending by templates: the variant that fits the message, and what the provider's answer means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
import orjson
from jinja2 import TemplateError

from connectors.contract import (
    ChannelConfig,
    Context,
    CredentialsDead,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    Refused,
    Reply,
    SendError,
    Sent,
    TryAgain,
)
from connectors.manifest.model import Manifest, Outcomes, Request, Variant

Root = dict[str, Any]


async def send(manifest: Manifest, message: Outbound, context: Context) -> Sent:
    """Send a message: its text first, then each file. Raises a SendError; what went out before it is said in its reason."""
    root = _root(message, context.channel)
    first = ""
    for variant, part in _parts(manifest, message, root):
        try:
            id_ = await _send_part(manifest, variant, part, root, context)
        except SendError as error:
            if not first:
                raise
            raise Refused(f"Only a part went out, then: {error.reason}") from error
        first = first or id_
    if not first:
        raise Refused("This channel cannot carry such a message.")
    return Sent(external_id=first)


def _parts(
    manifest: Manifest, message: Outbound, root: Root
) -> Iterable[tuple[Variant, OutboundFile | None]]:
    text_variant = _chosen(manifest, root, of="message")
    if text_variant and message.text:
        yield text_variant, None
    for file in message.files:
        variant = _chosen(manifest, {**root, "file": _shown(file)}, of="file")
        if variant is None:
            raise Refused(f"This channel cannot carry files such as {file.name}.")
        yield variant, file


def _chosen(manifest: Manifest, root: Root, *, of: str) -> Variant | None:
    return next(
        (
            variant
            for variant in manifest.variants
            if variant.of == of and (variant.condition is None or _filled(variant.condition, root))
        ),
        None,
    )


async def _send_part(
    manifest: Manifest, variant: Variant, file: OutboundFile | None, root: Root, context: Context
) -> str:
    outcomes = manifest.outcomes
    assert outcomes is not None
    if file is not None:
        root = {**root, "file": _shown(file)}
        if variant.upload is not None and variant.upload_id is not None:
            answer = response_root(await perform(variant.upload, root, context, file=file))
            judge(outcomes, answer, needs_ok=False)
            root["file"]["id"] = variant.upload_id(answer)
            if not root["file"]["id"]:
                raise TryAgain("The provider took the file without naming it.")
    answer = response_root(
        await perform(variant.request, root, context, file=None if variant.upload else file)
    )
    judge(outcomes, answer)
    return str(outcomes.external_id(answer) or root["delivery_id"])


async def perform(
    request: Request, root: Root, context: Context, *, file: OutboundFile | None = None
) -> Reply:
    """One request of the manifest."""
    form: Any = _filled(request.form, root) if request.form else None
    if file is not None and request.file_field:
        data = aiohttp.FormData()
        for name, value in (form or {}).items():
            data.add_field(name, str(value))
        data.add_field(request.file_field, file.content, filename=file.name, content_type=file.mime)
        form = data
    headers = {
        name: str(value)
        for name, value in (_filled(request.headers, root) if request.headers else {}).items()
    }
    if any("\r" in value or "\n" in value for value in headers.values()):
        raise Refused("A header would hold a line break.")
    return await context.http.request(
        request.method,
        str(_filled(request.url, root)),
        headers=headers,
        json=_filled(request.json, root) if request.json else None,
        form=form,
    )


def judge(outcomes: Outcomes, answer: Mapping[str, Any], *, needs_ok: bool = True) -> None:
    """Raise the outcome an answer stands for; return where it means sent."""
    status = int(answer["status"])
    if (needs_ok and outcomes.ok(answer)) or (not needs_ok and 200 <= status < 300):
        return
    reason = _reason(outcomes, answer)
    if _any(outcomes.credentials, answer):
        raise CredentialsDead(reason)
    if _any(outcomes.unreachable, answer):
        raise PersonUnreachable(reason)
    if _any(outcomes.retry, answer):
        raise TryAgain(reason, after=_after(outcomes, answer))
    if _any(outcomes.refused, answer):
        raise Refused(reason)
    if status in (401, 403):
        raise CredentialsDead(reason)
    if status in (408, 425, 429) or status >= 500:
        raise TryAgain(reason, after=_after(outcomes, answer))
    raise Refused(reason)


def response_root(reply: Reply) -> dict[str, Any]:
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
    door = f"{channel.public_url}/in/{channel.slug}"
    return {"settings": settings, "channel": {"slug": channel.slug, "name": channel.name, "door": door}}


def _root(message: Outbound, channel: ChannelConfig) -> Root:
    return {
        **base_root(channel),
        "to": message.to.value,
        "to_digits": "".join(char for char in message.to.value if char.isdigit()),
        "to_name": message.to_name,
        "sender_name": message.sender_name,
        "text": message.text,
        "subject": message.subject,
        "thread": message.thread,
        "delivery_id": message.delivery_id,
        "reply_to": message.references[0] if message.references else "",
        "buttons": [{"label": b.label, "value": b.value, "kind": b.kind} for b in message.buttons],
        "by_bot": message.by_bot,
    }


def _shown(file: OutboundFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.mime,
        "kind": file.mime.partition("/")[0],
        "size": len(file.content),
    }


def _filled(fill: Any, root: Root) -> Any:
    try:
        return fill(root)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise Refused(f"A template of the connector fails: {error}") from error


def _any(asks: Iterable[Any], answer: Mapping[str, Any]) -> bool:
    return any(ask(answer) for ask in asks)


def _reason(outcomes: Outcomes, answer: Mapping[str, Any]) -> str:
    said = outcomes.reason(answer) if outcomes.reason else None
    return f"{said or answer['text'][:200] or 'No explanation'} ({answer['status']})"


def _after(outcomes: Outcomes, answer: Mapping[str, Any]) -> float | None:
    named = outcomes.retry_after(answer) if outcomes.retry_after else None
    try:
        return max(0.0, float(named or answer["headers"].get("retry-after") or "x"))
    except ValueError:
        return None
