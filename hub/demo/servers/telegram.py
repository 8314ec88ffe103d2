"""A small real Bot API server: long polling, webhooks, sending, files and scripted faults, on aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any

import aiohttp
from aiohttp import web

from hub.demo.servers.telegram_outbox import OUTBOX
from hub.demo.servers.telegram_state import ApiError, Bot, Fault

DOWNLOAD_LIMIT = 20 * 1024 * 1024


class TelegramServer:
    """Serves any number of bots at `base_url`; bots are made by `add_bot` and spoken to through `Bot`."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, webhook_pause: float = 0.2) -> None:
        self.bots: dict[str, Bot] = {}
        self._host, self._port, self._pause = host, port, webhook_pause
        self._runner: web.AppRunner | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self._port}"

    def add_bot(self, token: str = "1234567:demo-token", **given: Any) -> Bot:  # noqa: S107 - no secret: a bot of this small server
        """The bot with this token, made when there is none yet; `given` as for `Bot`."""
        if token not in self.bots:
            self.bots[token] = Bot(token, **given)
        return self.bots[token]

    async def start(self) -> TelegramServer:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> TelegramServer:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # ------------------------------------------------------------ requests

    async def _call(self, request: web.Request) -> web.StreamResponse:
        bot = self.bots.get(request.match_info["token"])
        method = request.match_info["method"].lower()
        if bot is None:
            return _refusal(401, "Unauthorized")
        params, files = await _params(request)
        bot.calls.append((method, params))
        fault = bot.fault(method)
        if fault and (answer := await self._play(fault, request, after=False)):
            return answer
        try:
            result = await self._run(bot, method, params, files)
        except ApiError as error:
            return _refusal(error.status, error.description, fault=Fault(retry_after=error.retry_after))
        if fault and (answer := await self._play(fault, request, after=True)):
            return answer
        return web.json_response({"ok": True, "result": result})

    async def _play(self, fault: Fault, request: web.Request, *, after: bool) -> web.StreamResponse | None:
        if not after:
            await asyncio.sleep(fault.delay)
        if fault.cut == ("after" if after else "before"):
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        if after or not fault.status:
            return None
        if fault.body is not None:
            return web.Response(status=fault.status, body=fault.body)
        return _refusal(fault.status, fault.description, fault=fault)

    async def _run(
        self, bot: Bot, method: str, params: dict[str, str], files: dict[str, tuple[str, bytes]]
    ) -> Any:
        if method == "getme":
            return bot.me()
        if method == "getupdates":
            return await _poll(bot, params)
        if method in ("setwebhook", "deletewebhook"):
            return self._set_webhook(bot, params if method == "setwebhook" else {})
        if method == "getwebhookinfo":
            return _webhook_info(bot)
        if method == "getfile":
            return _file(bot, params.get("file_id", ""))
        if method == "sendchataction":
            return bool(bot.chat_for(params.get("chat_id", "")))
        if act := OUTBOX.get(method):
            return act(bot, method, params, files)
        if method == "answercallbackquery":
            bot.answered.append(params)
            return True
        raise ApiError(404, "Not Found")

    async def _download(self, request: web.Request) -> web.Response:
        bot = self.bots.get(request.match_info["token"])
        for path, content in bot.files.values() if bot else ():
            if path == request.match_info["path"]:
                return web.Response(body=content, content_type="application/octet-stream")
        return _refusal(404, "Not Found")

    # ------------------------------------------------------------ webhook

    def _set_webhook(self, bot: Bot, params: dict[str, str]) -> bool:
        if task := self._tasks.pop(bot.token, None):
            task.cancel()
        bot.webhook.url = params.get("url", "")
        bot.webhook.secret = params.get("secret_token", "")
        bot.webhook.last_error_date, bot.webhook.last_error_message = 0, ""
        if bot.webhook.url:
            if bot.poller and not bot.poller.done():
                bot.poller.set_result(None)
            self._tasks[bot.token] = asyncio.create_task(self._push_updates(bot))
        return True

    async def _push_updates(self, bot: Bot) -> None:
        while True:
            changed = bot.changed
            if not bot.updates:
                await changed.wait()
            elif await self._push_one(bot, bot.updates[0]):
                bot.updates.popleft()
            else:
                await asyncio.sleep(self._pause)

    async def _push_one(self, bot: Bot, update: dict[str, Any]) -> bool:
        assert self._http is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": bot.webhook.secret} if bot.webhook.secret else {}
        try:
            async with self._http.post(bot.webhook.url, json=update, headers=headers) as response:
                body = await response.read()
                error = "" if response.status < 300 else f"Wrong response from the webhook: {response.status}"
        except (aiohttp.ClientError, TimeoutError) as fault:
            body, error = b"", f"Connection failed: {fault}"
        if error:
            bot.webhook.last_error_date, bot.webhook.last_error_message = int(time.time()), error
            return False
        await self._run_answer(bot, body)
        return True

    async def _run_answer(self, bot: Bot, body: bytes) -> None:
        """A webhook's answer may name a method to call."""
        with contextlib.suppress(ValueError, ApiError, AttributeError):
            call = {name: str(value) for name, value in json.loads(body or b"{}").items()}
            if method := call.pop("method", ""):
                await self._run(bot, method.lower(), call, {})


# ---------------------------------------------------------------- methods


async def _poll(bot: Bot, params: dict[str, str]) -> list[dict[str, Any]]:
    if bot.webhook.url:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
    if bot.poller and not bot.poller.done():
        bot.poller.set_result(None)
    mine = bot.poller = asyncio.get_running_loop().create_future()
    if offset := int(params.get("offset") or 0):
        bot.acknowledge(offset)
    deadline = time.monotonic() + float(params.get("timeout") or 0)
    while not bot.updates and (left := deadline - time.monotonic()) > 0 and not mine.done():
        waiter = asyncio.ensure_future(bot.changed.wait())
        await asyncio.wait((waiter, mine), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
    if mine.done():
        raise ApiError(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    mine.cancel()
    return list(bot.updates)[: int(params.get("limit") or 100)]


def _file(bot: Bot, file_id: str) -> dict[str, Any]:
    if file_id not in bot.files:
        raise ApiError(400, "Bad Request: invalid file_id")
    path, content = bot.files[file_id]
    if len(content) > DOWNLOAD_LIMIT:
        raise ApiError(400, "Bad Request: file is too big")
    return {"file_id": file_id, "file_unique_id": file_id[:8], "file_size": len(content), "file_path": path}


def _webhook_info(bot: Bot) -> dict[str, Any]:
    info: dict[str, Any] = {
        "url": bot.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if bot.webhook.last_error_date:
        info["last_error_date"] = bot.webhook.last_error_date
        info["last_error_message"] = bot.webhook.last_error_message
    return info


def _refusal(status: int, description: str, *, fault: Fault | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if fault and fault.retry_after:
        body["parameters"] = {"retry_after": fault.retry_after}
    if fault and fault.migrate_to_chat_id:
        body["parameters"] = {"migrate_to_chat_id": fault.migrate_to_chat_id}
    return web.json_response(body, status=status)


async def _params(request: web.Request) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """Parameters of a call from its query, form, multipart or JSON, and the uploaded files."""
    params = dict(request.query)
    files: dict[str, tuple[str, bytes]] = {}
    if request.content_type == "application/json":
        given = await request.json()
        params |= {name: v if isinstance(v, str) else json.dumps(v) for name, v in given.items()}
        return params, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
        else:
            params[name] = value.decode() if isinstance(value, (bytes, bytearray)) else value
    return params, files
