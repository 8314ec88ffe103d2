"""A small real AMI server: signing in by challenge, channel lists, Originate, and event streams that can be cut anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

USER, SECRET = "omnihub", "s3cret-of-the-manager"
GREETING = b"Asterisk Call Manager/9.0.0\r\n"


class AmiServer:
    """`play` sends events to everybody who signed in for events; `channels` is what CoreShowChannels lists,
    `endpoints` what PJSIPShowEndpoints and SIPpeers do."""

    def __init__(self) -> None:
        self.port = 0
        self.channels: list[Mapping[str, str]] = []
        self.endpoints: dict[str, list[Mapping[str, str]]] = {}
        self.originated: list[dict[str, str]] = []
        self.actions: list[dict[str, str]] = []
        self.greeting = GREETING
        self.forbidden: set[str] = set()
        self.mute: set[str] = set()
        self.hang_up_at: set[str] = set()
        self.logins = self.lists = 0
        self._listening: dict[asyncio.StreamWriter, bool] = {}

    @property
    def listeners(self) -> int:
        return sum(self._listening.values())

    async def play(self, events: Sequence[Mapping[str, str]], *, cut: int | None = None) -> None:
        """Send events; `cut` breaks the line after so many bytes, in the middle of an event if it falls there."""
        data = b"".join(wire(event) for event in events)
        for writer in [writer for writer, listens in self._listening.items() if listens]:
            writer.write(data if cut is None else data[:cut])
            with contextlib.suppress(OSError):
                await writer.drain()
        if cut is not None:
            await self.hang_up()

    async def hang_up(self) -> None:
        for writer in list(self._listening):
            writer.close()
            self._listening.pop(writer, None)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listening[writer] = False
        writer.write(self.greeting)
        try:
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in block.strip().split("\r\n"))
                self.actions.append(action)
                if action["Action"] in self.hang_up_at:
                    break
                if action["Action"] not in self.mute:
                    self._answer(writer, action)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._listening.pop(writer, None)
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, action: dict[str, str]) -> None:
        number = {"ActionID": action["ActionID"]}

        def answer(response: str, **fields: str) -> None:
            writer.write(wire({"Response": response, **number, **fields}))

        name = action["Action"]
        if name in self.forbidden:
            answer("Error", Message="Permission denied")
        elif name == "Challenge":
            answer("Success", Challenge="840415273")
        elif name == "Login":
            wanted = hashlib.md5(b"840415273" + SECRET.encode()).hexdigest()
            if (action.get("Username"), action.get("Key")) != (USER, wanted):
                answer("Error", Message="Authentication failed")
                return
            self.logins += 1
            answer("Success", Message="Authentication accepted")
            writer.write(wire({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"}))
            self._listening[writer] = action["Events"] != "off"
        elif name == "CoreShowChannels":
            answer("Success", EventList="start", Message="Channels will follow")
            for channel in self.channels:
                writer.write(wire({"Event": "CoreShowChannel", **number, **channel}))
            self.lists += 1
            writer.write(wire({"Event": "CoreShowChannelsComplete", **number, "EventList": "Complete"}))
        elif name in self.endpoints:
            answer("Success", EventList="start", Message="A listing of endpoints follows")
            for endpoint in self.endpoints[name]:
                writer.write(wire({"Event": "EndpointList", **number, **endpoint}))
            writer.write(wire({"Event": "EndpointListComplete", **number, "EventList": "Complete"}))
        elif name == "Originate":
            self.originated.append(action)
            answer("Success", Message="Originate successfully queued")
        elif name == "Ping":
            answer("Success", Ping="Pong")
        else:
            answer("Error", Message="Invalid/unknown command")


def wire(message: Mapping[str, str]) -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in message.items()) + "\r\n").encode()


@asynccontextmanager
async def ami_server() -> AsyncIterator[AmiServer]:
    made = AmiServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.hang_up()
        await asyncio.sleep(0)
