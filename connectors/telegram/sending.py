"""Sends the pieces of a message in order, goes on where an earlier try stopped, and changes what went out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from connectors.contract import (
    Amendment,
    ChannelConfig,
    Outbound,
    Part,
    PersonUnreachable,
    Refused,
    SendError,
    Sent,
    TryAgain,
    Unknown,
)
from connectors.telegram import names
from connectors.telegram.cutting import cut, entities
from connectors.telegram.outcomes import Already, BadPicture
from connectors.telegram.render import MAX_CAPTION, MAX_TEXT, Piece, render, written
from values.sentences import phrase

if TYPE_CHECKING:
    from aiogram.types import Message

    from connectors.telegram.client import Client


async def send(message: Outbound, channel: ChannelConfig, client: Client) -> Sent:
    """What has not arrived yet. Raises a SendError; one that is tried again tells what arrived."""
    pieces = render(message)
    parts = list(message.arrived)
    at = None
    for piece in _left(pieces, len(parts)):
        try:
            carries, sent = await _deliver(client, piece)
        except SendError as error:
            raise _so_far(error, parts, sum(len(one.carries) for one in pieces)) from error
        at = at or sent[0].date
        parts += [
            Part(
                external_id=names.external_id(channel, one.chat.id, one.message_id, piece.business),
                carries=what,
            )
            for one, what in zip(sent, carries, strict=False)
        ]
    return Sent(
        external_id=parts[0].external_id,
        at=at,
        note=f"Sent as {len(parts)} messages." if len(parts) > 1 else "",
        parts=tuple(parts) if len(parts) > 1 or parts[0].carries != "text" else (),
    )


async def amend(amendment: Amendment, client: Client) -> None:
    """Give the text of a message new words, or remove all of it."""
    numbers = [(part, found) for part in amendment.parts if (found := names.message_of(part.external_id))]
    if not numbers:
        raise Refused(phrase("Telegram has no such message of ours."))
    business = names.business_in(amendment.parts[0].external_id)
    if amendment.removes:
        await client.remove(numbers[0][1][0], [number for _, (_, number) in numbers], business=business)
        return
    spoken = [(part, found) for part, found in numbers if part.carries != "file"]
    is_caption = bool(spoken) and spoken[0][0].carries == "caption"
    body = written(amendment.text, amendment.marked)
    texts = [
        Piece(text=one.text, entities=entities(one), business=business)
        for one in cut(body, MAX_CAPTION if is_caption else MAX_TEXT)
    ]
    if not texts or not spoken:
        raise Refused(phrase("There is no text to change."))
    if len(texts) > len(spoken):
        raise Refused(phrase("The new text is too long for the message that was sent."))
    for (_, (chat, number)), text in zip(spoken, texts, strict=False):
        try:
            await client.rewrite(chat, number, text, is_caption=is_caption)
        except Already:
            continue
    if rest := [number for _, (_, number) in spoken[len(texts) :]]:
        await client.remove(spoken[0][1][0], rest, business=business)


def _left(pieces: Sequence[Piece], arrived: int) -> Iterator[Piece]:
    """The pieces of which nothing arrived yet; an album arrives as a whole."""
    for piece in pieces:
        if arrived <= 0:
            yield piece
        arrived -= len(piece.carries)


def _so_far(error: SendError, parts: Sequence[Part], total: int) -> SendError:
    """The same outcome, and what arrived before it; where nothing more can be done alone, a person has to know."""
    if not parts:
        return error
    arrived = (
        phrase("Part 1 of {total}", total=total)
        if len(parts) == 1
        else phrase("Parts 1 to {last} of {total}", last=len(parts), total=total)
    )
    if isinstance(error, TryAgain):
        return type(error)(error.reason, after=error.after, arrived=parts)
    if isinstance(error, Unknown):
        return Unknown(
            phrase(
                "{arrived} arrived; of the rest nobody can tell. {reason}",
                arrived=arrived,
                reason=error.reason,
            ),
            arrived=parts,
        )
    return Unknown(
        phrase("{arrived} arrived, the rest did not. {reason}", arrived=arrived, reason=error.reason),
        arrived=parts,
    )


async def _deliver(client: Client, piece: Piece) -> tuple[Sequence[str], list[Message]]:
    """A picture that Telegram cannot show goes as a document. A group that is closed to us says nothing of the person."""
    try:
        try:
            return piece.carries, await client.deliver(piece)
        except BadPicture:
            plain = piece.as_documents()
            return plain.carries, await client.deliver(plain)
    except PersonUnreachable as error:
        if piece.chat < 0:
            raise Refused(error.reason) from None
        raise
