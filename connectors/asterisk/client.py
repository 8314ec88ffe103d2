"""One line to Asterisk's manager interface: signing in, actions and their answers, and the stream of events.

docs.asterisk.org: AMI v2 specification. The password itself is never sent: it answers a challenge.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from connectors.asterisk.settings import Access
from connectors.contract import CredentialsDead, Refused, TryAgain, Unknown
from values.sentences import phrase

STEP = 10.0
LIMIT = 256 * 1024
MOST_LISTED = 20_000
LOST = (OSError, EOFError, asyncio.LimitOverrunError, ValueError)
"""What a broken line raises; TimeoutError and TLS faults are OSErrors, IncompleteReadError is an EOFError."""


class AmiLine:
    """A signed-in line. Events that come while an answer is awaited are kept for `event`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, step: float) -> None:
        self._reader, self._writer, self._step = reader, writer, step
        self._early: list[dict[str, str]] = []
        self._count = 0

    async def event(self) -> dict[str, str]:
        """The next event; raises one of LOST when the line breaks."""
        if self._early:
            return self._early.pop(0)
        while True:
            message = await self._message()
            if "Event" in message:
                return message

    async def action(self, name: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Ask once and wait for the answer."""
        return await self._answer(await self._ask(name, fields))

    async def ask_for_sign_of_life(self) -> None:
        """The answer is passed over by `event`, but ends its waiting for bytes."""
        await self._ask("Ping", {})

    async def listed(self, name: str) -> list[dict[str, str]]:
        """The events of an action that answers with a list. Raises Refused where it is not allowed."""
        asked = await self._ask(name, {})
        answer = await self._answer(asked)
        if answer.get("Response") != "Success":
            raise _refusal(answer)
        found: list[dict[str, str]] = []
        async with asyncio.timeout(self._step):
            while len(found) < MOST_LISTED:
                message = await self._message()
                if message.get("ActionID") != asked:
                    self._keep(message)
                elif message.get("EventList", "").lower() == "complete":
                    return found
                else:
                    found.append(message)
        raise ValueError("Asterisk lists more channels than there can be")

    async def _ask(self, name: str, fields: Mapping[str, str]) -> str:
        self._count += 1
        number = f"omnihub-{self._count}"
        given = {"Action": name, "ActionID": number, **fields}
        lines = (f"{key}: {_one_line(value)}\r\n" for key, value in given.items())
        self._writer.write(("".join(lines) + "\r\n").encode())
        async with asyncio.timeout(self._step):
            await self._writer.drain()
        return number

    async def _answer(self, number: str) -> dict[str, str]:
        async with asyncio.timeout(self._step):
            while True:
                message = await self._message()
                if "Response" in message and message.get("ActionID") == number:
                    return message
                self._keep(message)

    def _keep(self, message: dict[str, str]) -> None:
        if "Event" in message:
            self._early.append(message)

    async def _message(self) -> dict[str, str]:
        block = await self._reader.readuntil(b"\r\n\r\n")
        pairs = (line.partition(":") for line in block.decode("utf-8", "replace").split("\r\n") if line)
        return {name.strip(): value.strip() for name, _, value in pairs}


@asynccontextmanager
async def signed_in(access: Access, *, events: bool, step: float = STEP) -> AsyncGenerator[AmiLine]:
    """A line, closed afterwards. Raises TryAgain where there is none, CredentialsDead where Asterisk does not let us in."""
    reader, writer = await _connected(access, step)
    line = AmiLine(reader, writer, step=step)
    try:
        await _sign_in(line, reader, access, events=events, step=step)
        yield line
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()


async def originate(line: AmiLine, fields: Mapping[str, str]) -> None:
    """Ask for a call once. Raises Refused with Asterisk's words, Unknown where the line broke after the request."""
    try:
        answer = await line.action("Originate", fields)
    except LOST as error:
        raise Unknown(
            phrase("The line to Asterisk broke after the call was asked for: it may ring.")
        ) from error
    if answer.get("Response") != "Success":
        raise _refusal(answer)


async def _connected(access: Access, step: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(step):
            return await asyncio.open_connection(access.host, access.port, limit=LIMIT, ssl=_tls(access))
    except ssl.SSLCertVerificationError as error:
        raise TryAgain(phrase("Asterisk's certificate is not trusted by this machine.")) from error
    except ssl.SSLError as error:
        raise TryAgain(phrase("Asterisk speaks no TLS at this port.")) from error
    except ConnectionRefusedError as error:
        raise TryAgain(phrase("Nobody listens at Asterisk's address and port.")) from error
    except TimeoutError as error:
        raise TryAgain(phrase("Asterisk's address does not answer.")) from error
    except (OSError, ValueError) as error:
        raise TryAgain(phrase("Asterisk's address cannot be reached.")) from error


async def _sign_in(
    line: AmiLine, reader: asyncio.StreamReader, access: Access, *, events: bool, step: float
) -> None:
    try:
        async with asyncio.timeout(step):
            greeting = await reader.readline()
        if not greeting.startswith(b"Asterisk Call Manager"):
            raise TryAgain(phrase("What answers at this address is not Asterisk's manager interface."))
        challenge = await line.action("Challenge", {"AuthType": "MD5"})
        given = (challenge.get("Challenge", "") + access.secret).encode()
        proof = hashlib.md5(given, usedforsecurity=False).hexdigest()
        answer = await line.action(
            "Login",
            {
                "AuthType": "MD5",
                "Username": access.user,
                "Key": proof,
                "Events": access.events if events else "off",
            },
        )
    except LOST as error:
        raise TryAgain(phrase("Asterisk closed the line before we were signed in.")) from error
    if answer.get("Response") != "Success":
        raise CredentialsDead(
            phrase("Asterisk does not let us in: user, secret or our address is not allowed.")
        )


def _tls(access: Access) -> ssl.SSLContext | None:
    return ssl.create_default_context() if access.tls else None


def _one_line(value: str) -> str:
    """A value can never begin another header or action."""
    return value.replace("\r", " ").replace("\n", " ")


def _refusal(answer: Mapping[str, str]) -> Refused:
    said = answer.get("Message", "")[:200]
    if "permission" in said.lower():
        return Refused(
            phrase("Asterisk does not permit this to the manager user: give it the rights named in README.")
        )
    return Refused(phrase("Asterisk refused: {said}", said=said))
