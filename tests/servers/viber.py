"""A small Viber on loopback: it checks what the provider checks, and calls the hub's door signed."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.servers.provider import Provider, mac


class Viber(Provider):
    """https://developers.viber.com/docs/api/rest-bot-api/"""

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/pa/set_webhook", self.set_webhook)
        app.router.add_post("/pa/get_account_info", self.account)
        app.router.add_post("/pa/send_message", self.message)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "auth_token": self.token, "sender_name": "Shop", "api_base": f"{self.base}/pa", "trusted_hosts": "127.0.0.1",
        }  # fmt: skip

    def signed(self, event: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event).encode()
        key = self.token if secret == self.secret else secret
        return body, {"X-Viber-Content-Signature": mac(key, body)}

    def _refused(self, request: web.Request) -> web.Response | None:
        if self.dead or request.headers.get("X-Viber-Auth-Token") != self.token:
            return web.json_response({"status": 2, "status_message": "invalidAuthToken"})
        return None

    async def set_webhook(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        self.door = (await request.json())["url"]
        if self.door:
            status, _ = await self.call({"event": "webhook", "timestamp": 1767603600000, "message_token": 1})
            if status != 200:
                self.door = ""
                return web.json_response({"status": 1, "status_message": "invalidUrl"})
        return web.json_response({"status": 0, "status_message": "ok", "event_types": []})

    async def account(self, request: web.Request) -> web.Response:
        told = {"status": 0, "status_message": "ok", "id": "pa:1", "name": "Shop"}
        return self._refused(request) or web.json_response(
            told | ({"webhook": self.door} if self.door else {})
        )

    async def message(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        who, kind = body["receiver"], body["type"]
        if who in self.gone or who not in self.people:
            return web.json_response({"status": 6, "status_message": "notSubscribed"})
        bad = len(body["sender"]["name"]) > 28 or (kind in ("text", "picture") and "text" not in body)
        if kind in ("video", "file"):
            bad = (
                bad or not isinstance(body.get("size"), int) or (kind == "file" and not body.get("file_name"))
            )
        if bad:
            return web.json_response({"status": 3, "status_message": "badData"})
        if kind == "text":
            self.said.append((who, body["text"]))
        else:
            content = await self.fetched(body["media"])
            if len(content) != body.get("size", len(content)):
                return web.json_response({"status": 3, "status_message": "badData"})
            self.shown.append((kind, body.get("file_name", ""), content))
        token = 5741311803571721000 + next(self.ids)
        return web.json_response({"status": 0, "status_message": "ok", "message_token": token})
