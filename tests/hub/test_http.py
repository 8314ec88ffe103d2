"""The client lent to connectors: what each fault means, and which addresses it will not go to."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import unused_port

from connectors.contract import ChannelConfig, Http, Refused, Reply, TryAgain, Unknown
from hub.guard import PrivateAddress, is_public, public_socket
from hub.http import HttpClient

MB = 1024 * 1024


class Site:
    """A small server that can be slow, large, rude and elsewhere."""

    def __init__(self) -> None:
        self.seen: list[web.BaseRequest] = []
        self.hold = asyncio.Event()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append(request)
        match request.path:
            case "/slow":
                await self.hold.wait()
            case "/break":
                assert request.transport is not None
                request.transport.abort()
            case "/large":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(64):
                    await response.write(b"x" * 64 * 1024)
                return response
            case "/bomb":
                return web.Response(body=gzip.compress(bytes(64 * MB)), headers={"Content-Encoding": "gzip"})
            case "/circle":
                raise web.HTTPFound("/circle")
            case "/to":
                raise web.HTTPFound(request.query["url"])
            case _:
                pass
        body = await request.read()
        return web.json_response({"body": body.decode(), "auth": request.headers.get("X-Key", "")})


@pytest_asyncio.fixture
async def site() -> AsyncGenerator[Site]:
    made = Site()
    yield made
    made.hold.set()


@pytest_asyncio.fixture
async def base(site: Site) -> AsyncGenerator[str]:
    runner = web.ServerRunner(web.Server(site.answer), shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    listener = web.TCPSite(runner, "127.0.0.1", port)
    await listener.start()
    yield f"http://127.0.0.1:{port}"
    site.hold.set()
    await runner.cleanup()


@asynccontextmanager
async def client(**settings: Any) -> Any:
    made = HttpClient()
    channel = ChannelConfig(id=1, slug="x", name="X", settings=settings)
    try:
        yield made.for_channel(channel)
    finally:
        await made.close()


@pytest_asyncio.fixture
async def http() -> AsyncGenerator[Http]:
    async with client() as made:
        yield made


async def test_bodies_go_out_and_come_back(http: Http, base: str) -> None:
    for given in ({"json": {"a": "ភ"}}, {"form": {"a": "b c"}}, {"body": b"raw"}):
        reply: Reply = await http.request("POST", f"{base}/x", **given)
        assert reply.status == 200
        assert reply.headers["content-type"].startswith("application/json")
    assert b"raw" in reply.body


@pytest.mark.parametrize(
    ("method", "path", "raised"),
    [
        ("POST", "/break", Unknown),
        ("PUT", "/break", Unknown),
        ("GET", "/break", TryAgain),
        ("POST", "/slow", Unknown),
        ("GET", "/slow", TryAgain),
        ("GET", "/large", Refused),
        ("POST", "/large", Unknown),
        ("GET", "/bomb", Refused),
        ("GET", "/circle", Refused),
    ],
)
async def test_faults_after_the_request(
    http: Http, base: str, site: Site, method: str, path: str, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        await http.request(method, base + path, timeout=2 if path == "/slow" else 60, limit=MB)
    assert site.seen


async def test_after_a_fault_the_same_client_works(http: Http, base: str) -> None:
    with pytest.raises(Unknown):
        await http.request("POST", f"{base}/break")
    assert (await http.request("POST", f"{base}/fine")).status == 200


async def test_nothing_was_sent_when_nobody_answers(http: Http) -> None:
    with pytest.raises(TryAgain):
        await http.request("POST", f"http://127.0.0.1:{unused_port()}/", json={})


async def test_nothing_was_sent_while_the_line_was_being_made(http: Http) -> None:
    """A server that takes the connection and never speaks TLS: the request has not gone out."""
    silent: list[asyncio.StreamWriter] = []

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TryAgain):
        await http.request("POST", f"https://127.0.0.1:{port}/", json={}, timeout=0.3)
    for writer in silent:
        writer.close()
    server.close()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "file:///etc/passwd",
        "//x.example",
        "http://",
        "http://[::1",
        "gopher://127.0.0.1:1/",
    ],
)
async def test_not_an_address_of_the_web(http: Http, url: str) -> None:
    with pytest.raises(Refused):
        await http.request("GET", url)


async def test_a_header_cannot_carry_a_second_one(http: Http, base: str, site: Site) -> None:
    with pytest.raises(Refused):
        await http.request("GET", base, headers={"X-Key": "a\r\nHost: other"})
    assert not site.seen


PRIVATE = [
    "127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "192.168.1.1", "100.64.0.1",
    "[fd00::1]", "[fe80::1]", "224.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    "127.0.0.1.", "LOCALHOST",
    "user:x@127.0.0.1", "x@①②⑦.⓪.⓪.①", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "0177.0.0.1", "[0:0:0:0:0:ffff:7f00:1]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
async def test_the_guard_refuses_addresses_inside(http: Http, base: str, site: Site, host: str) -> None:
    port = base.rpartition(":")[2]
    with pytest.raises(Refused, match=r"own network|not an address of the web"):
        await http.request("GET", f"http://{host}:{port}/", guarded=True, timeout=5)
    assert not site.seen


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127.1"])
async def test_nor_does_a_redirect_lead_there_in_another_writing(
    http: Http, base: str, site: Site, host: str
) -> None:
    port = base.rpartition(":")[2]
    with pytest.raises(Refused, match=r"own network|not an address of the web"):
        await http.request(
            "GET", f"http://localhost:{port}/to", params={"url": f"http://{host}:{port}/secret"}
        )
    assert [request.path for request in site.seen] == ["/to"]


@pytest.mark.parametrize(
    ("address", "is_outside"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::808:808", False),
        ("::ffff:0:10.0.0.1", False),
        ("::ffff:0:8.8.8.8", True),
        ("fec0::1", False),
        ("2002:a00:1::", False),
        ("2001::1", False),
        ("fe80::1%eth0", False),
    ],
)
def test_an_address_inside_another_is_looked_at(address: str, is_outside: bool) -> None:
    assert is_public(address) is is_outside


def test_the_socket_itself_goes_to_no_address_inside() -> None:
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 1)),
        (socket.AF_INET6, ("::ffff:10.0.0.1", 1, 0, 0)),
    ):
        with pytest.raises(PrivateAddress):
            public_socket((family, socket.SOCK_STREAM, 0, "", address))
    public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 1))).close()


async def test_trusted_hosts_pass_the_guard_but_not_where_they_lead(base: str, site: Site) -> None:
    port = base.rpartition(":")[2]
    async with client(trusted_hosts="pbx.internal, localhost") as http:
        assert (await http.request("GET", f"http://localhost:{port}/", guarded=True)).status == 200
        with pytest.raises(Refused, match="own network"):
            await http.request("GET", f"http://localhost:{port}/to?url={base}/secret", guarded=True)
    assert [request.path for request in site.seen] == ["/", "/to"]


async def test_a_provider_cannot_lead_us_into_our_network(http: Http, base: str, site: Site) -> None:
    """The first address was entered by an administrator and needs no guard; the next one comes from outside."""
    port = base.rpartition(":")[2]
    with pytest.raises(Refused, match="own network"):
        await http.request("GET", f"{base}/to?url=http://localhost:{port}/secret")
    assert [request.path for request in site.seen] == ["/to"]


async def test_headers_stay_with_the_origin_they_are_for(base: str, site: Site) -> None:
    other = Site()
    async with _second(other) as elsewhere, client() as http:
        same = await http.request("GET", f"{base}/to?url=/here", headers={"X-Key": "secret"})
        moved = await http.request("GET", f"{base}/to?url={elsewhere}/there", headers={"X-Key": "secret"})
    assert b"secret" in same.body
    assert b"secret" not in moved.body


async def test_a_post_is_not_sent_on(http: Http, base: str, site: Site) -> None:
    reply = await http.request("POST", f"{base}/to?url=/elsewhere", json={})
    assert reply.status == 302
    assert len(site.seen) == 1


@asynccontextmanager
async def _second(site: Site) -> Any:
    handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] = site.answer
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
