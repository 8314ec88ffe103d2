"""The only I/O with Telegram, by aiogram, whose import costs two seconds of CPU: import this module late.

aiogram makes the calls and reads the answers; the platform's HTTP client carries them, so there is no session to close.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, cast
from urllib.parse import quote

from aiogram import Bot, exceptions, methods
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BufferedInputFile, InputFile, Message, User, WebhookInfo
from aiogram.utils.token import TokenValidationError

from connectors.contract import (
    ChannelConfig,
    CredentialsDead,
    Http,
    Refused,
    Reply,
    SendError,
    SlowDown,
    TryAgain,
    Unknown,
)
from connectors.telegram import calls, names
from connectors.telegram.content import DOWNLOAD_LIMIT
from connectors.telegram.outcomes import ReadElsewhere, refused
from connectors.telegram.render import Piece
from values.sentences import phrase

UPDATES = [
    "message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
]  # fmt: skip
FIRST_CALL = "getMe"
"""Every bot has it, so a 404 to it is about the token."""
MULTIPART = "multipart/form-data; boundary="


class RawUpdates(TelegramMethod[list[Any]]):
    """getUpdates with updates as they came: one that aiogram cannot read must not stop the others."""

    __returning__: ClassVar[Any] = list[Any]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = 0
    allowed_updates: list[str] | None = None


class Client:
    """One bot. Every method raises `SendError`s only; those that merely read never raise `Unknown`."""

    def __init__(self, channel: ChannelConfig, http: Http) -> None:
        self._http = http
        self._token = names.token(channel)
        self._server = TelegramAPIServer.from_base(names.api_base(channel))
        try:
            self._bot = Bot(self._token, session=PlatformSession(http, self._server))
        except TokenValidationError:
            raise CredentialsDead(phrase("This is not a bot token: one looks like 123456:ABC-DEF.")) from None

    async def me(self) -> User:
        return await self._read(methods.GetMe())

    async def updates(self, *, offset: int | None, wait: float) -> list[Any]:
        """The waiting updates, at most 100, or those that come within `wait` seconds. Confirms all below `offset`."""
        call = RawUpdates(offset=offset, timeout=int(wait), allowed_updates=UPDATES)
        return await self._read(call, timeout=int(wait) + 15)

    async def webhook_info(self) -> WebhookInfo:
        return await self._read(methods.GetWebhookInfo())

    async def set_webhook(self, url: str, *, secret: str) -> None:
        await self._read(methods.SetWebhook(url=url, secret_token=secret, allowed_updates=UPDATES))

    async def delete_webhook(self) -> None:
        await self._read(methods.DeleteWebhook(drop_pending_updates=False))

    async def answer_callback(self, callback: str) -> None:
        await self._read(methods.AnswerCallbackQuery(callback_query_id=callback), timeout=5)

    async def deliver(self, piece: Piece) -> list[Message]:
        """Send one piece; the messages it became. Follows a group that became a supergroup."""
        sent = await self._act(
            lambda chat: calls.sending(piece, chat=chat), piece.chat, timeout=120 if piece.media else 30
        )
        return sent if isinstance(sent, list) else [sent]

    async def rewrite(self, chat: int, message: int, text: Piece, *, is_caption: bool) -> None:
        """New words for a message of ours. Raises Already where they stand there."""
        await self._act(lambda to: calls.rewriting(to, message, text, is_caption=is_caption), chat)

    async def remove(self, chat: int, messages: Sequence[int], *, business: str = "") -> None:
        """Delete messages of ours; those that are gone do not matter."""
        await self._act(lambda to: calls.removing(to, messages, business=business), chat)

    async def type(self, chat: int, topic: int | None, *, business: str = "") -> None:
        """Show that somebody writes, for five seconds."""
        action = methods.SendChatAction(
            chat_id=chat, message_thread_id=topic, business_connection_id=business or None, action="typing"
        )
        await self._read(action, timeout=5)

    async def _act(
        self, method: Callable[[int], TelegramMethod[TelegramType]], chat: int, *, timeout: int = 30
    ) -> TelegramType:
        """A call that changes something in a chat, or in the one that this group has become."""
        try:
            with self._translated():
                return await self._bot(method(chat), request_timeout=timeout)
        except Moved as moved:
            chat = moved.chat
        try:
            with self._translated():
                return await self._bot(method(chat), request_timeout=timeout)
        except Moved:
            raise Refused(phrase("This group keeps moving to another chat.")) from None

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file. Raises Refused when Telegram does not give it (any more)."""
        path = (await self._read(methods.GetFile(file_id=file_id))).file_path or ""
        if not path or path.startswith("/") or ".." in path.split("/"):
            raise Refused(phrase("Telegram gave no download path for this file."))
        with self._translated(reading=True):
            url = self._server.file_url(self._token, quote(path))
            reply = await self._http.request("GET", url, timeout=120, limit=DOWNLOAD_LIMIT + 1024)
        if reply.status != 200:
            kind = Refused if reply.status in (400, 404, 410) else TryAgain
            raise kind(f"Telegram did not hand out the file: status {reply.status}.")
        return reply.body

    async def _read(self, method: TelegramMethod[TelegramType], *, timeout: int = 20) -> TelegramType:
        with self._translated(reading=True):
            return await self._bot(method, request_timeout=timeout)

    @contextmanager
    def _translated(self, *, reading: bool = False) -> Generator[None]:
        """Exceptions of aiogram and the platform as outcomes; the token never stands in a reason."""
        try:
            yield
        except SendError as error:
            reason = error.reason.replace(self._token, "…")
            if reading and isinstance(error, Unknown):
                raise TryAgain(reason) from None
            if isinstance(error, TryAgain):
                raise type(error)(reason, after=error.after) from None
            raise type(error)(reason) from None
        except Answered as answered:
            outcome = _outcome(answered.cause, call=answered.call, status=answered.status)
            if reading and isinstance(outcome, Unknown):
                outcome = TryAgain(outcome.reason)
            raise outcome from None


class Answered(Exception):
    """An answer that aiogram reads as an error (its cause): to which call, with which status."""

    def __init__(self, call: str, status: int) -> None:
        super().__init__(call, status)
        self.call, self.status = call, status

    @property
    def cause(self) -> exceptions.AiogramError:
        assert isinstance(self.__cause__, exceptions.AiogramError)
        return self.__cause__


class Moved(Exception):
    """The group has a new chat id."""

    def __init__(self, chat: int) -> None:
        super().__init__(chat)
        self.chat = chat


def _outcome(error: exceptions.AiogramError, *, call: str, status: int) -> Exception:
    """One table from aiogram's exceptions to what happens next."""
    said, told = getattr(error, "message", "") or str(error), {"call": call, "status": status}
    match error:
        case exceptions.TelegramRetryAfter():
            return SlowDown(phrase("Telegram asks us to slow down."), after=float(error.retry_after))
        case exceptions.TelegramMigrateToChat():
            return Moved(error.migrate_to_chat_id)
        case exceptions.TelegramNotFound() if call != FIRST_CALL:
            return CredentialsDead(
                phrase("Telegram knows no such bot, or not the call {call}: it answered {status}.", **told)
            )
        case exceptions.TelegramUnauthorizedError() | exceptions.TelegramNotFound():
            return CredentialsDead(phrase("Telegram does not know this token (any more)."))
        case exceptions.TelegramConflictError():
            return ReadElsewhere(phrase("Telegram: {said}", said=said))
        case exceptions.TelegramForbiddenError() | exceptions.TelegramBadRequest():
            return refused(said)
        case exceptions.TelegramEntityTooLarge():
            return Refused(phrase("The file is larger than Telegram takes."))
        case exceptions.TelegramServerError():
            return TryAgain(
                phrase("Telegram has a fault of its own ({call}, {status}): {said}", said=said, **told)
            )
        case exceptions.TelegramAPIError():
            return refused(said)
        case _:
            return Unknown(
                phrase(
                    "Telegram answered the call {call} with something unreadable, status {status}.", **told
                )
            )


class PlatformSession(BaseSession):
    """aiogram's transport over the HTTP client that the platform lends."""

    def __init__(self, http: Http, server: TelegramAPIServer) -> None:
        super().__init__(api=server)
        self._http = http

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        fields, files = self._prepared(bot, method)
        wait = float(timeout or self.timeout)
        if files:
            headers, body = multipart(fields, files)
            reply = await self._http.request("POST", url, headers=headers, body=body, timeout=wait)
        else:
            reply = await self._http.request("POST", url, form=fields, timeout=wait)
        _check_gateway(reply)
        content = reply.body.decode("utf-8", "replace")
        try:
            answer = self.check_response(bot=bot, method=method, status_code=reply.status, content=content)
        except exceptions.AiogramError as error:
            raise Answered(method.__api_method__, reply.status) from error
        return cast(TelegramType, answer.result)

    def _prepared(
        self, bot: Bot, method: TelegramMethod[Any]
    ) -> tuple[dict[str, str], dict[str, BufferedInputFile]]:
        files: dict[str, InputFile] = {}
        fields: dict[str, str] = {}
        for name, value in method.model_dump(warnings=False).items():
            if prepared := self.prepare_value(value, bot=bot, files=files):
                fields[name] = str(prepared)
        return fields, {name: file for name, file in files.items() if isinstance(file, BufferedInputFile)}

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield (await self._http.request("GET", url, headers=headers, timeout=timeout)).body

    async def close(self) -> None:
        """Nothing of our own to close."""


def _check_gateway(reply: Reply) -> None:
    """A gateway in between tells nothing about what happened behind it; another fault's page without JSON did nothing."""
    if reply.status in (502, 504):
        raise Unknown(
            phrase("Telegram's gateway answered {status}: done or not, nobody can tell.", status=reply.status)
        )
    if reply.status >= 500 and not reply.body.lstrip().startswith(b"{"):
        raise TryAgain(phrase("Telegram answered {status}.", status=reply.status))


def multipart(fields: dict[str, str], files: dict[str, BufferedInputFile]) -> tuple[dict[str, str], bytes]:
    """A multipart/form-data body; file names keep their script and lose what would break out of the header."""
    boundary = secrets.token_hex(16)
    chunks: list[bytes] = []
    for name, value in fields.items():
        chunks.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    for name, file in files.items():
        safe = "".join(mark for mark in file.filename or "file" if mark.isprintable() and mark not in '"\\')
        disposition = f'Content-Disposition: form-data; name="{name}"; filename="{safe or "file"}"'
        chunks.append(
            f"--{boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
        )
        chunks += [file.data, b"\r\n"]
    chunks.append(f"--{boundary}--\r\n".encode())
    return {"content-type": f"{MULTIPART}{boundary}"}, b"".join(chunks)
