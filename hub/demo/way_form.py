"""Customers who fill in the form on the shop's site, and go on by mail when they are answered."""

from __future__ import annotations

import aiohttp

from hub.demo.customers import Move, Persona
from hub.demo.ways import Way

SITE = "https://bikes.demo.example"


class FormWay:
    """Posts to the hub's form channel at `door`; `mail` carries what they say afterwards."""

    def __init__(self, http: aiohttp.ClientSession, *, door: str, mail: Way) -> None:
        self._http, self._door, self._mail = http, door, mail

    async def open(self, persona: Persona, text: str) -> None:
        """Raises ConnectionError when the hub does not take it."""
        fields = {
            "name": persona.name,
            "email": persona.email,
            "phone": persona.phone,
            "message": text,
            "page": SITE + persona.page,
            "referrer": "https://www.google.com/" if persona.utm else "",
            **dict(persona.utm),
        }
        async with self._http.post(self._door, json=fields) as response:
            if response.status >= 300:
                raise ConnectionError(
                    f"the form was answered {response.status}: {(await response.text())[:200]}"
                )

    async def make(self, persona: Persona, move: Move) -> None:
        await self._mail.make(persona, move)

    async def stop(self) -> None:
        """Nothing of its own to end."""
