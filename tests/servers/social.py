"""Small Messenger, Instagram, Viber and VK on loopback: each checks what the provider checks, and calls the hub's door signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 40
Shown = tuple[str, str, bytes]
"""A file that somebody sees: its kind, its name, its bytes."""


@dataclass(slots=True)
class Provider:
    """`people` are id -> name; `said` is what they were sent, `shown` the files, `answers` what the door said to each call.

    `door` is the address that is called; `dead` refuses the token, `gone` are people who blocked us.
    """

    base: str = ""
    door: str = ""
    token: str = "a-token-of-the-provider"
    secret: str = "a-secret-that-signs"
    dead: bool = False
    people: dict[str, str] = field(default_factory=dict[str, str])
    gone: set[str] = field(default_factory=set[str])
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    shown: list[Shown] = field(default_factory=list[Shown])
    answers: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    ids: count[int] = field(default_factory=lambda: count(1))
    stored: dict[str, bytes] = field(default_factory=dict[str, bytes])
    repeats: dict[str, int] = field(default_factory=dict[str, int])

    def routes(self, app: web.Application) -> None:
        raise NotImplementedError

    def signed(self, event: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError

    async def call(self, event: dict[str, Any], *, secret: str = "") -> tuple[int, str]:
        """Call the door as the provider does; what it answered."""
        body, headers = self.signed(event, secret or self.secret)
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                self.door, data=body, headers={"Content-Type": "application/json", **headers}
            ) as reply,
        ):
            self.answers.append((reply.status, await reply.text()))
        return self.answers[-1]

    async def fetched(self, url: str) -> bytes:
        """A file that the hub offers by its address."""
        async with aiohttp.ClientSession() as session, session.get(url) as reply:
            assert reply.status == 200, (url, reply.status)
            return await reply.read()

    async def picture(self, request: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="image/png")


def _mac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


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
        return body, {"X-Hub-Signature-256": f"sha256={_mac(secret, body)}"}

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
        return body, {"X-Viber-Content-Signature": _mac(key, body)}

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


@asynccontextmanager
async def serving(provider: Provider) -> AsyncGenerator[Provider]:
    """It runs for as long as the block."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    provider.routes(app)
    app.router.add_get("/picture/{id}", provider.picture)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
