"""A small VK on loopback: it checks what the provider checks, and calls the hub's door signed."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.servers.provider import Provider


class Vk(Provider):
    """https://dev.vk.com/api/community-messages/getting-started"""

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/method/{name}", self.method)
        app.router.add_get("/method/{name}", self.method)
        app.router.add_post("/upload/{kind}", self.upload)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "access_token": self.token, "secret_key": self.secret, "confirmation": "c0nf1rm",
            "api_base": f"{self.base}/method", "trusted_hosts": "127.0.0.1",
        }  # fmt: skip

    def signed(self, event: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
        return json.dumps(
            {"group_id": 7, "event_id": f"e{next(self.ids)}", "secret": secret, **event}
        ).encode(), {}

    async def method(self, request: web.Request) -> web.Response:
        given = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
        if self.dead or request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(5, "User authorization failed: invalid access_token")
        if given.get("v") != "5.199":
            return self._error(8, "Invalid request: v is required")
        verb = getattr(self, "_" + request.match_info["name"].replace(".", "_"), None)
        return verb(given) if verb else self._error(3, "Unknown method passed")

    @staticmethod
    def _error(code: int, message: str) -> web.Response:
        return web.json_response({"error": {"error_code": code, "error_msg": message}})

    def _groups_getById(self, given: dict[str, str]) -> web.Response:
        return web.json_response({"response": {"groups": [{"id": 7}]}})

    def _users_get(self, given: dict[str, str]) -> web.Response:
        found = [
            {"id": int(id_), "first_name": self.people[id_].split()[0], "last_name": self.people[id_].split()[1],
             "photo_200": f"{self.base}/picture/{id_}"}
            for id_ in given["user_ids"].split(",") if id_ in self.people
        ]  # fmt: skip
        return web.json_response({"response": found})

    def _photos_getMessagesUploadServer(self, given: dict[str, str]) -> web.Response:
        return web.json_response(
            {"response": {"upload_url": f"{self.base}/upload/photo?a=1", "album_id": -3}}
        )

    def _docs_getMessagesUploadServer(self, given: dict[str, str]) -> web.Response:
        return web.json_response({"response": {"upload_url": f"{self.base}/upload/file"}})

    async def upload(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers  # the token is for the API alone
        kind, form = request.match_info["kind"], await request.post()
        part = form[kind]
        assert isinstance(part, web.FileField)
        name = f"{kind}-{next(self.ids)}"
        self.stored[name] = part.file.read()
        if kind == "file":
            return web.json_response({"file": name})
        return web.json_response(
            {"server": 626627, "photo": json.dumps([{"photo": name}]), "hash": "h-" + name}
        )

    def _photos_saveMessagesPhoto(self, given: dict[str, str]) -> web.Response:
        name = json.loads(given["photo"])[0]["photo"]
        if given["hash"] != "h-" + name or given["server"] != "626627":
            return self._error(129, "Invalid photo")
        return self._kept("photo", name, self.stored[name])

    def _docs_save(self, given: dict[str, str]) -> web.Response:
        return self._kept("doc", given["title"], self.stored[given["file"]])

    def _kept(self, kind: str, name: str, content: bytes) -> web.Response:
        id_ = next(self.ids)
        self.stored[f"{kind}-7_{id_}"] = content
        made = {"id": id_, "owner_id": -7, "title": name}
        return web.json_response({"response": [made] if kind == "photo" else {"type": "doc", "doc": made}})

    def _messages_send(self, given: dict[str, str]) -> web.Response:
        who, attachment = given["peer_id"], given.get("attachment", "")
        if who in self.gone or who not in self.people:
            return self._error(901, "Can't send messages for users without permission")
        if given["random_id"] in self.repeats:
            return web.json_response({"response": self.repeats[given["random_id"]]})
        if not given.get("message") and not attachment:
            return self._error(
                100, "One of the parameters specified was missing or invalid: message is empty"
            )
        if attachment:
            if attachment not in self.stored:
                return self._error(100, "One of the parameters specified was missing or invalid: attachment")
            self.shown.append((attachment.partition("-")[0], attachment, self.stored[attachment]))
        if given.get("message"):
            self.said.append((who, given["message"]))
        self.repeats[given["random_id"]] = next(self.ids)
        return web.json_response({"response": self.repeats[given["random_id"]]})
