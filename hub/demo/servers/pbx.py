"""A small telephone exchange: posts the steps of calls to the hub's neutral endpoint and serves their recordings."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from hub.demo.servers.tones import recording

BOUND = 200
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A call that comes in: who rings which of our numbers, whose desk, how long, and how long they talk (0: nobody took it)."""

    caller: str
    number: str
    name: str = ""
    user: str = ""
    ring: float = 5.0
    talk: int = 0


class Pbx:
    """Posts to `door` with `headers`; a step that is not taken is sent again, as real exchanges do."""

    def __init__(
        self,
        *,
        door: str = "",
        headers: dict[str, str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        pace: float = 1.0,
    ) -> None:
        self.door, self.headers = door, headers or {}
        self.host, self.port = host, port
        self._pace = pace
        self._recordings: OrderedDict[str, bytes] = OrderedDict()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> Pbx:
        app = web.Application()
        app.router.add_get("/recordings/{name}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self

    async def stop(self) -> None:
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Pbx:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def call(self, ringing: Ringing) -> str:
        """Play one call from the first ring to its end; returns its id."""
        call_id = secrets.token_hex(8)
        common = {
            "call_id": call_id,
            "direction": "in",
            "from": ringing.caller,
            "to": ringing.number,
            **({"name": ringing.name} if ringing.name else {}),
        }
        desk = {"user": ringing.user} if ringing.user else {}
        await self._post({"event": "ringing", **common, **desk})
        await asyncio.sleep(ringing.ring * self._pace)
        ended = {"event": "ended", **common, **desk, "duration": "0", "outcome": "missed"}
        if ringing.talk:
            await self._post({"event": "answered", **common, **desk})
            await asyncio.sleep(min(ringing.talk, 12) * self._pace)
            ended |= {
                "duration": str(ringing.talk),
                "outcome": "answered",
                "recording_url": await self._record(call_id, ringing.talk),
            }
        await self._post(ended)
        return call_id

    async def _post(self, step: dict[str, str]) -> None:
        """One step, as a form POST. Raises ConnectionError when the hub does not take it in several tries."""
        assert self._http is not None
        body = {"time": datetime.now(UTC).isoformat(), **step}
        problem = ""
        for number in range(TRIES):
            try:
                async with self._http.post(self.door, data=body, headers=self.headers) as response:
                    if response.status < 300:
                        return
                    problem = f"status {response.status}: {(await response.text())[:200]}"
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = repr(error)
            await asyncio.sleep((number + 1) * self._pace)
        raise ConnectionError(f"The hub did not take the call: {problem}")

    async def _record(self, call_id: str, seconds: int) -> str:
        pitch = 300 + int(call_id[:2], 16)
        self._recordings[call_id] = await asyncio.to_thread(recording, min(seconds, 20), pitch=pitch)
        if len(self._recordings) > BOUND:
            self._recordings.popitem(last=False)
        return f"{self.base_url}/recordings/{call_id}.wav"

    async def _serve(self, request: web.Request) -> web.Response:
        sound = self._recordings.get(request.match_info["name"].removesuffix(".wav"))
        if sound is None:
            return web.Response(status=404, text="no such recording")
        headers = {"Accept-Ranges": "bytes"}
        try:
            part = request.http_range
        except ValueError:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
        if part.start is None and part.stop is None:
            return web.Response(body=sound, content_type="audio/wav", headers=headers)
        start, stop, _ = part.indices(len(sound))
        if start >= stop:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(sound)}"
        return web.Response(status=206, body=sound[start:stop], content_type="audio/wav", headers=headers)
