"""Sending by templates: the variant that fits the message, its request, and the provider's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.contract import (
    ChannelConfig,
    Context,
    Outbound,
    OutboundFile,
    Refused,
    SendError,
    Sent,
    TryAgain,
    Unknown,
)
from connectors.manifest.answers import judge
from connectors.manifest.asking import Root, answer_root, base_root, perform
from connectors.manifest.model import Manifest, Variant
from connectors.manifest.templates import filled
from connectors.markup import read, to_marks
from values.sentences import phrase


async def send(manifest: Manifest, message: Outbound, context: Context) -> Sent:
    """Send a message: its text first, then each file. Raises a SendError."""
    parts = list(_parts(manifest, message, _message_root(manifest, message, context.channel)))
    if not parts:
        raise Refused(phrase("This channel cannot carry such a message."))
    first = ""
    for number, (variant, root, file) in enumerate(parts):
        try:
            id_ = await _send_part(manifest, variant, root, file, context)
        except SendError as error:
            if number == 0:
                raise
            raise Unknown(
                phrase(
                    "{number} of {parts} parts arrived, the rest did not. {reason}",
                    number=number,
                    parts=len(parts),
                    reason=error.reason,
                )
            ) from error
        first = first or id_
    return Sent(external_id=first, note=f"Sent as {len(parts)} messages." if len(parts) > 1 else "")


def _parts(
    manifest: Manifest, message: Outbound, root: Root
) -> Iterator[tuple[Variant, Root, OutboundFile | None]]:
    """What goes out, chosen before anything does: a file nobody can carry must not leave half a message behind."""
    if message.text or not message.files:
        variant = _chosen(manifest, root, of="message")
        if variant is None:
            raise Refused(phrase("This channel cannot carry such a message."))
        yield variant, root, None
    for file in message.files:
        shown = {
            "name": file.name,
            "mime": file.mime,
            "kind": file.mime.partition("/")[0],
            "size": len(file.content),
            "url": file.url,
        }
        with_file = {**root, "file": shown}
        variant = _chosen(manifest, with_file, of="file")
        if variant is None:
            raise Refused(phrase("This channel cannot carry files such as {name}.", name=file.name))
        yield variant, with_file, file


def _chosen(manifest: Manifest, root: Root, *, of: str) -> Variant | None:
    return next(
        (
            variant
            for variant in manifest.variants
            if variant.of == of and (variant.condition is None or filled(variant.condition, root))
        ),
        None,
    )


async def _send_part(
    manifest: Manifest, variant: Variant, root: Root, file: OutboundFile | None, context: Context
) -> str:
    """What comes before a file reaches nobody: a fault there is tried again, or refused, without a doubt."""
    outcomes = manifest.outcomes
    if outcomes is None:
        raise Refused(phrase("This channel cannot carry such a message."))
    taken: dict[str, Any] = {}
    for stage in variant.stages:
        known = {**root, "taken": taken, "file": {**root["file"], **taken}}
        answer = answer_root(await perform(stage.request, known, context, file=file))
        judge(outcomes, answer, is_message=False)
        for name, asked in stage.take.items():
            taken[name] = asked(answer)
            if taken[name] in (None, ""):
                raise TryAgain(phrase("The provider's answer to the upload has no {name}.", name=name))
    if variant.stages:
        root, file = {**root, "taken": taken, "file": {**root["file"], **taken}}, None
    answer = answer_root(await perform(variant.request, root, context, file=file))
    judge(outcomes, answer, is_message=True)
    return str(outcomes.external_id(answer) or root["delivery_id"])


def _message_root(manifest: Manifest, message: Outbound, channel: ChannelConfig) -> Root:
    return {
        **base_root(channel),
        "to": message.to.value,
        "to_kind": message.to.kind,
        "to_digits": "".join(char for char in message.to.value if char.isdecimal()),
        "to_name": message.to_name,
        "sender_name": message.sender_name,
        "text": _text(manifest, message),
        "subject": message.subject,
        "thread": message.thread,
        "delivery_id": message.delivery_id,
        "reply_to": message.references[0] if message.references else "",
        "buttons": [
            {"label": b.label, "value": b.value, "kind": b.kind}
            for b in message.buttons
            if b.kind in ("reply", "url")
        ],
        "by_bot": message.by_bot,
        "replies_to": message.replies_to,
        "answered": dict(message.ticket),
    }


def _text(manifest: Manifest, message: Outbound) -> str:
    """With the marks of the channel, where it knows any and the message still fits with them."""
    abilities = manifest.spec.abilities
    if not message.marked or not abilities.marks:
        return message.text
    text = to_marks(read(message.marked))
    return text if len(text) <= abilities.max_text else message.text
