"""Small Messenger and Instagram on loopback: they check what the provider checks, and call the hub's door signed."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.servers.provider import Provider, mac


class Meta(Provider):
    """Messenger and Instagram. https://developers.facebook.com/docs/messenger-platform"""

    fields: frozenset[str] = frozenset({"first_name", "last_name", "profile_pic"})
    most_bytes: int = 0

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/v21.0/me/messages", self.message)
        app.router.add_get("/v21.0/{id}", self.profile)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "access_token": self.token, "app_secret": self.secret, "verify_token": "word",
            "api_base": f"{self.base}/v21.0", "trusted_hosts": "127.0.0.1",
        }  # fmt: skip

    def signed(self, event: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(
            {"object": "page", "entry": [{"id": "77", "time": 1, "messaging": [event]}]}
        ).encode()
        return body, {"X-Hub-Signature-256": f"sha256={mac(secret, body)}"}

    def event(self, who: str, **what: Any) -> dict[str, Any]:
        return {"sender": {"id": who}, "recipient": {"id": "77"}, "timestamp": 1767603600000, **what}

    def _admit(self, request: web.Request) -> None:
        if self.dead or request.headers.get("Authorization") != f"Bearer {self.token}":
            raise self._error(401, 190, "Invalid OAuth access token.")

    @staticmethod
    def _error(status: int, code: int, message: str, subcode: int = 0) -> web.HTTPException:
        body = {"error": {"message": message, "code": code, "error_subcode": subcode}}
        kind = web.HTTPUnauthorized if status == 401 else web.HTTPBadRequest
        return kind(text=json.dumps(body), content_type="application/json")

    async def profile(self, request: web.Request) -> web.Response:
        self._admit(request)
        id_, asked = request.match_info["id"], set(request.query.get("fields", "").split(","))
        if id_ == "me":
            return web.json_response({"id": "77", "name": "Shop"})
        if id_ not in self.people or not asked <= self.fields:
            raise self._error(400, 100, "(#100) Unsupported get request", 33)
        first, _, last = self.people[id_].partition(" ")
        known = {"first_name": first, "last_name": last, "name": self.people[id_], "username": first.lower()}
        told = {**known, "profile_pic": f"{self.base}/picture/{id_}"}
        return web.json_response({**{name: told[name] for name in asked}, "id": id_})

    async def message(self, request: web.Request) -> web.Response:
        self._admit(request)
        file = b""
        if request.content_type == "application/json":
            body = await request.json()
        else:
            form = await request.post()
            body = {name: json.loads(str(form[name])) for name in ("recipient", "message")}
            part = form["filedata"]
            assert isinstance(part, web.FileField)
            file = part.file.read()
        return await self._taken(body, file)

    async def _taken(self, body: dict[str, Any], file: bytes) -> web.Response:
        who, message = body["recipient"]["id"], body["message"]
        if not isinstance(who, str) or who not in self.people:
            raise self._error(400, 100, "No matching user found", 2018001)
        if who in self.gone:
            raise self._error(400, 551, "This person isn't available right now.")
        text, attachment = message.get("text", ""), message.get("attachment")
        too_long = len(text.encode()) > self.most_bytes if self.most_bytes else len(text) > 2000
        if too_long or (not text and not attachment):
            raise self._error(
                400, 100, "(#100) Length of param message[text] must be less than or equal to 2000"
            )
        for reply in message.get("quick_replies", ()):
            if len(reply["title"]) > 20 or len(reply["payload"]) > 1000 or reply["content_type"] != "text":
                raise self._error(400, 100, "(#100) Invalid quick reply")
        if attachment:
            if attachment["type"] not in ("image", "video", "audio", "file"):
                raise self._error(400, 100, "(#100) Invalid attachment type")
            url = attachment["payload"].get("url", "")
            content = file or await self.fetched(url)
            self.shown.append((attachment["type"], url.rpartition("/")[2], content))
        if text:
            self.said.append((who, text))
        return web.json_response({"recipient_id": who, "message_id": f"mid.{next(self.ids)}"})


class Instagram(Meta):
    """It takes files by address alone, and counts bytes. https://developers.facebook.com/docs/instagram-platform"""

    fields = frozenset({"name", "username", "profile_pic"})
    most_bytes = 1000

    async def _taken(self, body: dict[str, Any], file: bytes) -> web.Response:
        if file:
            raise self._error(400, 100, "(#100) filedata is not supported")
        return await super()._taken(body, file)
