"""The HTTP client lent to connectors: pooled, limited in time and size, guarded against addresses from outside."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from connectors.contract import ChannelConfig, Http, Refused, Reply, TryAgain, Unknown

CONNECT_WITHIN = 10.0
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
SAFE = ("GET", "HEAD")


class HttpClient:
    """Two pools: one for addresses that administrators entered, one that refuses private ones."""

    def __init__(self) -> None:
        self._open: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None

    def for_channel(self, channel: ChannelConfig) -> Http:
        """The client as one channel may use it: its `trusted_hosts` pass the guard."""
        trusted = channel.settings.get("trusted_hosts") or ()
        names = trusted.split() if isinstance(trusted, str) else [str(name) for name in trusted]
        return _ChannelHttp(self, frozenset(name.strip(",").lower() for name in names))

    async def close(self) -> None:
        for session in (self._open, self._guarded):
            if session is not None:
                await session.close()

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
        """See `connectors.contract.Http`. Only GET follows redirects, each hop guarded anew and without our headers."""
        sent_headers = dict(headers or {})
        try:
            async with asyncio.timeout(timeout):
                for _ in range(MOST_REDIRECTS + 1):
                    reply = await self._once(
                        method,
                        url,
                        headers=sent_headers,
                        params=params,
                        json=json,
                        data=form if form is not None else body,
                        limit=limit,
                        is_guarded=guarded and _host(url) not in trusted,
                    )
                    target = reply.headers.get("location")
                    if reply.status not in REDIRECTS or not target or method not in SAFE:
                        return reply
                    following = urljoin(url, target)
                    if _host(following) != _host(url):
                        sent_headers = {}
                    url, params = following, None
        except TimeoutError:
            raise _lost(method, f"{_host(url)} did not answer within {timeout:.0f} seconds") from None
        raise Refused(f"{_host(url)} redirects in a circle.")

    async def _once(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        json: Any,
        data: Any,
        limit: int,
        is_guarded: bool,
    ) -> Reply:
        if urlsplit(url).scheme not in ("http", "https"):
            raise Refused(f"“{url[:80]}” is not an address of the web.")
        if is_guarded:
            _check_literal(_host(url))
        try:
            async with self._session(is_guarded=is_guarded).request(
                method, url, headers=headers, params=params, json=json, data=data, allow_redirects=False
            ) as response:
                content = await _read(response, limit)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Reply(status=response.status, headers=names, body=content)
        except _PrivateAddress as error:
            raise Refused(str(error)) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            if isinstance(error.__cause__, _PrivateAddress) or isinstance(
                getattr(error, "os_error", None), _PrivateAddress
            ):
                raise Refused(f"{_host(url)} is an address inside the own network.") from None
            raise TryAgain(f"{_host(url)} cannot be reached: {error}") from error
        except aiohttp.InvalidURL:
            raise Refused(f"“{url[:80]}” is not an address of the web.") from None
        except aiohttp.ClientError as error:
            raise _lost(method, f"the line to {_host(url)} broke: {error or type(error).__name__}") from error

    def _session(self, *, is_guarded: bool) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_WITHIN)
        if is_guarded:
            if self._guarded is None:
                connector = aiohttp.TCPConnector(
                    resolver=_GuardedResolver(), limit_per_host=20, use_dns_cache=False
                )
                self._guarded = aiohttp.ClientSession(
                    connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
                )
            return self._guarded
        if self._open is None:
            connector = aiohttp.TCPConnector(limit_per_host=64)
            self._open = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._open


class _ChannelHttp:
    """A channel's view of the client."""

    def __init__(self, client: HttpClient, trusted: frozenset[str]) -> None:
        self._client = client
        self._trusted = trusted

    async def request(self, method: str, url: str, **options: Any) -> Reply:
        return await self._client.request(method, url, **options, trusted=self._trusted)


class _PrivateAddress(OSError):
    """The name stands for an address inside."""


class _GuardedResolver(AbstractResolver):
    """Resolves names and refuses any that stands for a private address; the connection uses the very addresses checked."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for entry in found:
            if not _is_public(entry["host"]):
                raise _PrivateAddress(f"{host} is an address inside the own network.")
        return found

    async def close(self) -> None:
        await self._resolver.close()


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise Refused(f"The answer is larger than {limit // 1024 // 1024} MB.")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > limit:
            raise Refused(f"The answer is larger than {limit // 1024 // 1024} MB.")
        chunks.append(chunk)
    return b"".join(chunks)


def _check_literal(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    if not _is_public(host):
        raise Refused(f"{host} is an address inside the own network.")


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed.sixtofour or parsed
    return parsed.is_global and not parsed.is_multicast


def _lost(method: str, sentence: str) -> TryAgain | Unknown:
    """A line that broke after the request: harmless for a request that only reads."""
    said = sentence[0].upper() + sentence[1:] + "."
    return TryAgain(said) if method in SAFE else Unknown(said)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
