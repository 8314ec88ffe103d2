"""A small Cloud API on loopback: it checks what Meta checks, hands out ids, keeps files behind the token."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

NUMBER = "106540352242922"
NOT_ON_WHATSAPP = "12025559999"


@dataclass(slots=True)
class CloudApi:
    """`sent` are accepted messages; `fails` is an error (status, code, message) that requests get until it is taken away,
    `too_many` is how many requests are over the limit."""

    base: str = ""
    token: str = "EAAG-system-user-token"
    app_secret: str = "app-secret"
    too_many: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    media: dict[str, tuple[str, str, bytes]] = field(default_factory=dict[str, tuple[str, str, bytes]])
    fails: tuple[int, int, str] | None = None
    ids: count[int] = field(default_factory=lambda: count(1))

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "phone_number_id": NUMBER,
            "access_token": self.token,
            "app_secret": self.app_secret,
            "verify_token": "word",
            "api_base": f"{self.base}/v21.0",
            "trusted_hosts": "127.0.0.1",
        }

    def webhook(self, value: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """A signed request as Meta makes it: body and headers."""
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", **value}}
        entry = {"id": "102290129340398", "changes": [change]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"}

    async def message(self, request: web.Request) -> web.Response:
        self._admit(request)
        body = await request.json()
        fault = _fault(body, self.media)
        if fault:
            raise _error(400, 100, f"(#100) Invalid parameter: {fault}")
        if body["to"] == NOT_ON_WHATSAPP:
            raise _error(400, 131026, "Message undeliverable")
        self.sent.append(body)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": body["to"], "wa_id": body["to"]}],
                "messages": [{"id": f"wamid.{next(self.ids)}"}],
            }
        )

    async def upload(self, request: web.Request) -> web.Response:
        self._admit(request)
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            raise _error(400, 100, "(#100) A file and messaging_product are required")
        id_ = f"media{next(self.ids)}"
        self.media[id_] = (file.filename, file.content_type, file.file.read())
        return web.json_response({"id": id_})

    async def look_up(self, request: web.Request) -> web.Response:
        self._admit(request)
        id_ = request.match_info["id"]
        if id_ == NUMBER:
            return web.json_response(
                {"verified_name": "Shop", "display_phone_number": "+1 555", "id": NUMBER}
            )
        if id_ not in self.media:
            raise _error(404, 100, "Unsupported get request")
        return web.json_response(
            {"url": f"{self.base}/store/{id_}", "mime_type": self.media[id_][1], "id": id_}
        )

    async def download(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise web.HTTPUnauthorized
        return web.Response(body=self.media[request.match_info["id"]][2])

    def _admit(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise _error(401, 190, "Invalid OAuth access token")
        if self.fails:
            raise _error(*self.fails)
        if self.too_many:
            self.too_many -= 1
            raise _error(429, 130429, "Rate limit hit")


def _fault(body: dict[str, Any], files: dict[str, Any]) -> str:
    """What Meta would refuse in a message."""
    kind, content = body.get("type"), body.get(str(body.get("type")))
    if body.get("messaging_product") != "whatsapp" or not str(body.get("to", "")).isdecimal():
        return "messaging_product or to"
    if not isinstance(content, dict):
        return f"type {kind} without its object"
    match kind:
        case "text":
            return (
                "" if isinstance(content["body"], str) and 1 <= len(content["body"]) <= 4096 else "text.body"
            )
        case "interactive":
            return _fault_of_choices(content)
        case "image" | "video" | "audio" | "document":
            others = {"image", "video", "audio", "document"} & set(body) - {kind}
            return "" if content.get("id") in files and not others else f"{kind}.id"
        case _:
            return "type"


def _fault_of_choices(content: dict[str, Any]) -> str:
    text, action = content["body"]["text"], content["action"]
    if content["type"] == "button":
        replies = [button["reply"] for button in action["buttons"]]
        is_small = 1 <= len(replies) <= 3 and 1 <= len(text) <= 1024
        limits = (20, 256)
    else:
        replies = [row for section in action["sections"] for row in section["rows"]]
        is_small = 1 <= len(replies) <= 10 and 1 <= len(text) <= 4096 and 1 <= len(action["button"]) <= 20
        limits = (24, 200)
    ids = [reply["id"] for reply in replies]
    fits = all(
        isinstance(reply["title"], str)
        and 1 <= len(reply["title"]) <= limits[0]
        and 1 <= len(reply["id"]) <= limits[1]
        for reply in replies
    )
    return "" if is_small and fits and len(set(ids)) == len(ids) else "interactive"


def _error(status: int, code: int, message: str) -> web.HTTPException:
    made = {
        401: web.HTTPUnauthorized,
        404: web.HTTPNotFound,
        429: web.HTTPTooManyRequests,
        500: web.HTTPInternalServerError,
    }
    kind = made.get(status, web.HTTPBadRequest)
    body = {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
    return kind(text=web.json_response(body).text, content_type="application/json")


@asynccontextmanager
async def cloud_api() -> AsyncGenerator[CloudApi]:
    """It runs for as long as the block."""
    api = CloudApi()
    app = web.Application()
    app.router.add_post(f"/v21.0/{NUMBER}/messages", api.message)
    app.router.add_post(f"/v21.0/{NUMBER}/media", api.upload)
    app.router.add_get("/v21.0/{id}", api.look_up)
    app.router.add_get("/store/{id}", api.download)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
