"""Customers who ring: the exchange posts the steps; some calls nobody takes."""

from __future__ import annotations

from random import Random

from hub.demo.customers import Move, Persona
from hub.demo.servers.pbx import Pbx, Ringing


class PhoneWay:
    """Calls to the shop's `number`; each rings at one of `desks`."""

    def __init__(self, pbx: Pbx, *, number: str, desks: tuple[str, ...], rng: Random) -> None:
        self._pbx, self._number, self._desks, self._rng = pbx, number, desks, rng

    async def open(self, persona: Persona, text: str) -> None:
        await self._pbx.call(
            Ringing(
                caller=persona.phone,
                number=self._number,
                user=self._rng.choice(self._desks) if self._desks else "",
                ring=self._rng.uniform(4, 9),
                talk=persona.talk,
            )
        )

    async def make(self, persona: Persona, move: Move) -> None:
        """Whoever rings has said it all on the phone."""

    async def stop(self) -> None:
        """Nothing of its own to end."""
