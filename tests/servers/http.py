"""The HTTP client that connectors are lent, in its smallest honest form, for tests that run without the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from connectors.contract import Reply, TryAgain, Unknown


class PlainHttp:
    """Implements `connectors.contract.Http` without a guard."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | Any = None,
        body: bytes | None = None,
        timeout: float = 20.0,
        limit: int = 32 * 1024 * 1024,
        guarded: bool = False,
    ) -> Reply:
        data = body if body is not None else form
        wait = aiohttp.ClientTimeout(total=timeout)
        try:
            async with self._session.request(
                method, url, headers=headers, params=params, json=json, data=data, timeout=wait
            ) as response:
                content = await response.read()
                return Reply(
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=content[:limit],
                )
        except aiohttp.ClientConnectorError as error:
            raise TryAgain(f"No connection to {url}: {error}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unknown(f"The line broke after the request to {url}: {error}") from error


@asynccontextmanager
async def plain_http() -> AsyncIterator[PlainHttp]:
    async with aiohttp.ClientSession() as session:
        yield PlainHttp(session)
