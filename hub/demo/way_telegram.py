"""Customers on Telegram: they write, send pictures, press buttons and share their phones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from hub.demo.customers import Heard, Move, Persona
from hub.demo.servers.telegram_state import Bot, SentMessage
from hub.demo.servers.tones import picture
from hub.demo.ways import Hears, ended


class TelegramWay:
    """All Telegram customers of one bot."""

    def __init__(self, bot: Bot, personas: Iterable[Persona], *, hears: Hears) -> None:
        self._bot, self._hears = bot, hears
        self._people = {persona.telegram: persona for persona in personas if persona.telegram}
        self._last: dict[str, SentMessage] = {}
        for persona in self._people.values():
            bot.know(user_of(persona))
        self._task = asyncio.create_task(self._listen(), name="demo telegram")

    async def open(self, persona: Persona, text: str) -> None:
        if persona.picture:
            content = await asyncio.to_thread(picture, hue=persona.telegram)
            path = f"photos/{persona.key}.png"
            file_id = self._bot.add_file(content, path=path)
            size = {"file_id": file_id, "file_unique_id": file_id[:8], "width": 320, "height": 240}
            self._bot.say(user_of(persona), photo=[size | {"file_size": len(content)}], caption=text)
        else:
            self._bot.say(user_of(persona), text)

    async def make(self, persona: Persona, move: Move) -> None:
        user = user_of(persona)
        if move.kind == "contact":
            contact = {"phone_number": move.text, "first_name": persona.name, "user_id": persona.telegram}
            self._bot.say(user, contact=contact)
        elif move.kind == "press" and (data := self._data(persona, move.text)):
            self._bot.press(user, self._last[persona.key], data)
        elif move.kind in ("say", "press"):
            self._bot.say(user, move.text)

    async def stop(self) -> None:
        await ended(self._task)

    def _data(self, persona: Persona, label: str) -> str:
        """The value behind an inline button; empty when it was a keyboard in place of the letters."""
        last = self._last.get(persona.key)
        keys = _keys(last, "inline_keyboard") if last else []
        return next((key.get("callback_data", "") for key in keys if key.get("text") == label), "")

    async def _listen(self) -> None:
        while True:
            changed = self._bot.changed
            while self._bot.sent:
                sent = self._bot.sent.popleft()
                if persona := self._people.get(sent.chat_id):
                    self._last[persona.key] = sent
                    self._hears(persona, heard_of(sent))
            await changed.wait()


def heard_of(sent: SentMessage) -> Heard:
    """A message of the bot as the person sees it."""
    inline, typed = _keys(sent, "inline_keyboard"), _keys(sent, "keyboard")
    labels = [key["text"] for key in inline if "callback_data" in key]
    labels += [key["text"] for key in typed if not key.get("request_contact")]
    return Heard(
        text=sent.text,
        buttons=tuple(labels),
        asks_contact=any(key.get("request_contact") for key in typed),
    )


def user_of(persona: Persona) -> dict[str, Any]:
    first, _, last = persona.name.partition(" ")
    return {
        "id": persona.telegram,
        "first_name": first,
        "last_name": last,
        "username": persona.key,
        "language_code": persona.language,
    }


def _keys(sent: SentMessage, kind: str) -> list[dict[str, Any]]:
    markup = json.loads(sent.params.get("reply_markup") or "{}")
    return [key for row in markup.get(kind, ()) for key in row]
