"""Customers in the chat window of the shop's site: they speak as the widget does, by session, door and live stream."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from hub.demo.customers import Heard, Move, Persona
from hub.demo.way_form import SITE
from hub.demo.ways import Hears, ended

SILENCE = 300.0
"""Seconds after which a browser tab nobody writes in is closed."""
BACK_AFTER = 2.0


@dataclass(slots=True, kw_only=True)
class Tab:
    """A browser with the chat open. `visitor` outlives the tab: who comes back is known again."""

    persona: Persona
    visitor: str = ""
    token: str = ""
    seen: set[int] = field(default_factory=set[int])
    values: dict[str, str] = field(default_factory=dict[str, str])
    listening: asyncio.Task[None] | None = None


class ChatWay:
    """All visitors of the chat channel `slug` of the hub at `hub`."""

    def __init__(self, http: aiohttp.ClientSession, *, hub: str, slug: str, hears: Hears) -> None:
        self._http, self._hub, self._slug, self._hears = http, hub, slug, hears
        self._tabs: dict[str, Tab] = {}

    async def open(self, persona: Persona, text: str) -> None:
        """Raises ConnectionError when the hub does not take it."""
        tab = self._tabs.setdefault(persona.key, Tab(persona=persona))
        await ended(tab.listening)
        await self._sign_on(tab)
        tab.listening = asyncio.create_task(self._listen(tab), name=f"demo chat {persona.key}")
        source = {
            "page": SITE + persona.page,
            "landing_page": SITE + "/",
            "referrer": "https://www.google.com/",
        }
        await self._send(tab, text=text, _source=json.dumps(source))

    async def make(self, persona: Persona, move: Move) -> None:
        tab = self._tabs.get(persona.key)
        if tab is None:
            return
        if move.kind == "press":
            await self._send(tab, text=move.text, choice=tab.values.get(move.text, move.text))
        elif move.kind in ("say", "contact"):
            await self._send(tab, text=move.text)

    async def stop(self) -> None:
        await asyncio.gather(*(ended(tab.listening) for tab in self._tabs.values()))

    async def _sign_on(self, tab: Tab) -> None:
        persona = tab.persona
        asked = {
            "visitor": tab.visitor,
            "language": persona.language,
            "identity": {"id": persona.key, "name": persona.name},
        }
        session = await self._post(f"/chat/{self._slug}/session", asked)
        tab.visitor, tab.token = str(session["visitor"]), str(session["token"])

    async def _send(self, tab: Tab, **said: str) -> None:
        body = {
            "token": tab.token,
            "kind": "message",
            "id": secrets.token_hex(8),
            "language": tab.persona.language,
            **said,
        }
        await self._post(f"/in/{self._slug}", body)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._http.post(self._hub + path, json=body) as response:
            if response.status >= 300:
                raise ConnectionError(
                    f"{path} was answered {response.status}: {(await response.text())[:200]}"
                )
            return await response.json()

    async def _listen(self, tab: Tab) -> None:
        """Follow the thread until nothing is said for long; a broken line is taken up again."""
        while True:
            try:
                async with asyncio.timeout(SILENCE) as quiet:
                    async for message in self._messages(tab):
                        quiet.reschedule(asyncio.get_running_loop().time() + SILENCE)
                        self._read(tab, message)
            except TimeoutError:
                return
            except (aiohttp.ClientError, ConnectionError):
                pass
            await asyncio.sleep(BACK_AFTER)

    async def _messages(self, tab: Tab) -> AsyncGenerator[dict[str, Any]]:
        url = f"{self._hub}/chat/{self._slug}/events"
        wait = aiohttp.ClientTimeout(total=None, sock_connect=10)
        async with self._http.get(url, params={"token": tab.token}, timeout=wait) as response:
            if response.status != 200:
                raise ConnectionError(f"the chat's stream was answered {response.status}")
            event = ""
            async for line in response.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "message":
                    yield json.loads(value)

    def _read(self, tab: Tab, message: dict[str, Any]) -> None:
        if message["from"] == "me" or message["id"] in tab.seen:
            return
        tab.seen.add(message["id"])
        pressable = [button for button in message.get("buttons", ()) if "value" in button]
        tab.values.update({button["label"]: button["value"] for button in pressable})
        labels = tuple(button["label"] for button in pressable)
        self._hears(tab.persona, Heard(text=message["text"], buttons=labels))
