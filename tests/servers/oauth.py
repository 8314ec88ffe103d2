"""A small OAuth server: gives access tokens for a refresh token, and can withdraw what it gave."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL


@dataclass
class OAuthServer:
    """`answers` are used up one by one before the usual behaviour: `(status, JSON)`."""

    refresh_token: str = "refresh-me"
    lasts: float = 3600
    valid: set[str] = field(default_factory=set[str])
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])
    asked: int = 0
    refuses: bool = False
    consents: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    _server: TestServer | None = None

    async def start(self) -> str:
        """Listen; returns the address where tokens are given."""
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_get("/authorize", self._authorize)
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
        if form.get("grant_type") == "authorization_code":
            return self._exchanged({name: str(value) for name, value in form.items()})
        right = form.get("grant_type") == "refresh_token" and form.get("refresh_token") == self.refresh_token
        if not right or form.get("client_id") != "hub":
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = f"token-{self.asked}"
        self.valid.add(token)
        return web.json_response({"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"})

    async def _authorize(self, request: web.Request) -> web.Response:
        """The owner agrees, or `refuses`: back to where the client wants it, with the state as it was."""
        query = dict(request.query)
        self.consents.append(query)
        answer = {"state": query["state"]}
        if self.refuses:
            answer |= {"error": "access_denied", "error_description": "The owner said no"}
        else:
            answer["code"] = secrets.token_hex(8)
            self.codes[answer["code"]] = query
        return web.Response(status=302, headers={"Location": str(URL(query["redirect_uri"]) % answer)})

    def _exchanged(self, form: dict[str, str]) -> web.Response:
        """A code serves once, for the client and the address it was given to, with the word behind the challenge."""
        query = self.codes.pop(form.get("code", ""), {})
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same = all(query.get(name) == form.get(name) for name in ("redirect_uri", "client_id"))
        if not query or not same or query.get("code_challenge") != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.valid.add(token := f"token-{self.asked}")
        answer = {"access_token": token, "expires_in": self.lasts, "refresh_token": self.refresh_token}
        return web.json_response(answer)
