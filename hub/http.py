"""The HTTP client lent to connectors: pooled, limited in time and size, guarded against addresses from outside."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, TypeAlias
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from connectors.contract import ChannelConfig, Exchange, Http, Refused, Reply, SendError, TryAgain, Unknown
from hub.guard import GuardedResolver, Inside, check_literal, is_private, no_address, parsed, public_socket
from values.sentences import phrase

CONNECT_WITHIN = 10.0
KEEP_ALIVE = 4.0
"""Seconds an idle connection is kept: shorter than servers do, so that a message does not meet one just being closed."""
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
SAFE = ("GET", "HEAD")


Note: TypeAlias = Callable[[int, tuple[str, ...], Exchange], None]
"""Where a channel's exchanges go: its id, the secrets that nothing may show, and the exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One request. `is_guarded`: the address came from outside, so that private ones are refused."""

    method: str
    url: URL
    headers: Mapping[str, str]
    params: Mapping[str, str] | None
    json: Any
    data: Any
    is_guarded: bool

    def redirected(self, location: str) -> _Ask:
        """What follows: another origin gets no headers, another host is guarded. Raises as `parsed` does."""
        url = parsed(location, base=self.url)
        return replace(
            self,
            url=url,
            headers=self.headers if url.origin() == self.url.origin() else {},
            params=None,
            is_guarded=self.is_guarded or url.host != self.url.host,
        )


class HttpClient:
    """Two pools: one for addresses that administrators entered, one that refuses private ones."""

    def __init__(self, *, note: Note | None = None) -> None:
        self.note = note
        self._open: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None

    def for_channel(self, channel: ChannelConfig, *, secrets: tuple[str, ...] = ()) -> Http:
        """The client as one channel may use it: its `trusted_hosts` pass the guard, its exchanges are noted."""
        trusted = channel.settings.get("trusted_hosts") or ()
        names = trusted.split() if isinstance(trusted, str) else [str(name) for name in trusted]
        return _ChannelHttp(
            self, channel.id, secrets=secrets, trusted=frozenset(name.strip(",").lower() for name in names)
        )

    async def close(self) -> None:
        for session in (self._open, self._guarded):
            if session is not None:
                await session.close()
        self._open = self._guarded = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Any = None,
        body: bytes | None = None,
        timeout: float = 20.0,
        limit: int = 32 * 1024 * 1024,
        guarded: bool = False,
        trusted: frozenset[str] = frozenset(),
    ) -> Reply:
        """See `connectors.contract.Http`. Only GET and HEAD follow redirects: another host is guarded and gets no headers."""
        ask = _Ask(
            method=method,
            url=parsed(url),
            headers=dict(headers or {}),
            params=params,
            json=json,
            data=form if form is not None else body,
            is_guarded=guarded,
        )
        mark = _Mark(is_safe=method in SAFE)
        try:
            async with asyncio.timeout(timeout):
                for _ in range(MOST_REDIRECTS + 1):
                    reply = await self._once(ask, limit=limit, trusted=trusted, mark=mark)
                    location = reply.headers.get("location")
                    if reply.status not in REDIRECTS or not location or method not in SAFE:
                        return reply
                    ask = ask.redirected(location)
        except TimeoutError:
            said = phrase(
                "{host} did not answer within {seconds} seconds.", host=ask.url.host, seconds=round(timeout)
            )
            raise _lost(method, said, mark) from None
        except ValueError as error:  # a header or an address that cannot be written
            raise Refused(phrase("This request cannot be made: {error}.", error=error)) from None
        raise Refused(phrase("{host} redirects in a circle.", host=ask.url.host))

    async def _once(self, ask: _Ask, *, limit: int, trusted: frozenset[str], mark: _Mark) -> Reply:
        host = ask.url.host or ""
        is_guarded = ask.is_guarded and host not in trusted
        if is_guarded:
            check_literal(host)
        try:
            async with self._session(is_guarded=is_guarded).request(
                ask.method,
                ask.url,
                headers=ask.headers,
                params=ask.params,
                json=ask.json,
                data=ask.data,
                allow_redirects=False,
                trace_request_ctx=mark,
            ) as response:
                content = await _read(response, limit)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Reply(status=response.status, headers=names, body=content)
        except _TooLarge as error:
            raise Refused(str(error)) if ask.method in SAFE else Unknown(str(error)) from None
        except aiohttp.InvalidURL:
            raise no_address(str(ask.url)) from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
                raise
            raise _broken(ask.method, host, error, mark) from error

    def _session(self, *, is_guarded: bool) -> aiohttp.ClientSession:
        if is_guarded:
            self._guarded = self._guarded or _new_session(
                resolver=GuardedResolver(), per_host=20, socket_factory=public_socket
            )
            return self._guarded
        self._open = self._open or _new_session(resolver=None, per_host=64)
        return self._open


def _new_session(
    *, resolver: AbstractResolver | None, per_host: int, socket_factory: Any = None
) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        limit_per_host=per_host,
        use_dns_cache=resolver is None,
        keepalive_timeout=KEEP_ALIVE,
        socket_factory=socket_factory,
    )
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_note_sent)
    trace.on_connection_create_start.append(_not_again)
    trace.on_connection_reuseconn.append(_not_again)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_WITHIN),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[trace],
    )


@dataclass(slots=True)
class _Mark:
    """Whether anything of a request has gone out, and whether it does no harm to send it again."""

    is_safe: bool
    sent: bool = False


async def _note_sent(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    context.trace_request_ctx.sent = True


async def _not_again(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceConnectionCreateStartParams | aiohttp.TraceConnectionReuseconnParams,
) -> None:
    """aiohttp sends a GET again after a broken line; a caller who says `get` has one that acts, and sends it once."""
    mark: _Mark = context.trace_request_ctx
    if mark.sent and not mark.is_safe:
        raise aiohttp.ServerDisconnectedError("the answer did not come")


class _ChannelHttp:
    """A channel's view of the client, and the `Witness` of what it says by other protocols."""

    def __init__(
        self, client: HttpClient, channel_id: int, *, secrets: tuple[str, ...], trusted: frozenset[str]
    ) -> None:
        self._client = client
        self._channel_id, self._secrets, self._trusted = channel_id, secrets, trusted

    async def request(self, method: str, url: str, **options: Any) -> Reply:
        began, reply, reason = time.monotonic(), None, ""
        try:
            reply = await self._client.request(method, url, **options, trusted=self._trusted)
            return reply
        except SendError as error:
            reason = error.reason
            raise
        except BaseException as error:
            reason = phrase("It was broken off: {error}.", error=type(error).__name__)
            raise
        finally:
            sent = next((options[name] for name in ("json", "form", "body") if options.get(name)), None)
            params = options.get("params")
            self.heard(
                Exchange(
                    protocol="http",
                    request=f"{method.upper()} {url}{'?' + urlencode(params) if params else ''}",
                    sent=sent,
                    status=reply.status if reply else None,
                    answer=reply.body if reply else b"",
                    reason=reason,
                    seconds=time.monotonic() - began,
                )
            )

    def heard(self, exchange: Exchange) -> None:
        if self._client.note is not None and self._channel_id:
            self._client.note(self._channel_id, self._secrets, exchange)


class _TooLarge(Exception):
    """An answer larger than the caller allows."""


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise _TooLarge(
            phrase("The answer is larger than {megabytes} MB.", megabytes=max(1, limit // 1024 // 1024))
        )
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > limit:
            raise _TooLarge(
                phrase("The answer is larger than {megabytes} MB.", megabytes=max(1, limit // 1024 // 1024))
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _broken(method: str, host: str, error: aiohttp.ClientError | OSError, mark: _Mark) -> SendError:
    """What to do about a line that did not come about, or broke."""
    if is_private(error):
        return Inside(host)
    if not mark.sent:
        return TryAgain(phrase("{host} cannot be reached: {error}.", host=host, error=_why(error)))
    return _lost(method, phrase("The line to {host} broke: {error}.", host=host, error=_why(error)), mark)


def _why(error: aiohttp.ClientError | OSError) -> str:
    """The cause in the system's words: the library's repeat the address, and name its own settings."""
    cause: object = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        code = cause.errno or 0
        return os.strerror(code) if code > 0 else cause.strerror or str(cause)
    return str(cause).strip() or type(cause).__name__


def _lost(method: str, sentence: str, mark: _Mark) -> TryAgain | Unknown:
    """A line that broke: harmless before the request went out, and for a request that only reads."""
    return TryAgain(sentence) if method in SAFE or not mark.sent else Unknown(sentence)
