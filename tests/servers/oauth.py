"""A small OAuth server: gives access tokens for a refresh token, and can withdraw what it gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class OAuthServer:
    """`answers` are used up one by one before the usual behaviour: `(status, JSON)`."""

    refresh_token: str = "refresh-me"
    lasts: float = 3600
    valid: set[str] = field(default_factory=set[str])
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])
    asked: int = 0
    _server: TestServer | None = None

    async def start(self) -> str:
        """Listen; returns the address where tokens are given."""
        app = web.Application()
        app.router.add_post("/token", self._token)
        self._server = TestServer(app)
        await self._server.start_server()
        return str(self._server.make_url("/token"))

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    def withdraw(self) -> None:
        """Every access token given so far is worth nothing now."""
        self.valid.clear()

    async def _token(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.answers:
            status, answer = self.answers.pop(0)
            return web.json_response(answer, status=status)
        form = await request.post()
        right = form.get("grant_type") == "refresh_token" and form.get("refresh_token") == self.refresh_token
        if not right or form.get("client_id") != "hub":
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = f"token-{self.asked}"
        self.valid.add(token)
        return web.json_response({"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"})
