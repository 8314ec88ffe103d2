"""The version before this one goes on working on the schema of this one: machines are updated one after the other.

`tests/previous_version` names its commit; it moves on with each release.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from hub.database import connect
from hub.engines.process import wait_until
from hub.migrate import load, migrate

ROOT = Path(__file__).parents[2]
COMMIT = (ROOT / "tests" / "previous_version").read_text().strip()
LONG = 60.0


@pytest.fixture
def previous(tmp_path: Path) -> Generator[Path]:
    """A checkout of the version before."""
    if shutil.which("git") is None or not _git("cat-file", "-e", f"{COMMIT}^{{commit}}"):
        if os.environ.get("CI") and not _is_shallow():
            pytest.fail(f"this checkout does not have the commit {COMMIT}")
        pytest.skip("the version before is not in this checkout: git fetch --unshallow")
    place = tmp_path / "previous"
    assert _git("worktree", "add", "--detach", "--force", str(place), COMMIT)
    yield place
    _git("worktree", "remove", "--force", str(place))


def _git(*words: str) -> bool:
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=False).returncode == 0


def _is_shallow() -> bool:
    words = ["git", "-C", ROOT, "rev-parse", "--is-shallow-repository"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip() != "false"


class Old:
    """The version before, by its command line and its API."""

    def __init__(self, home: Path, environ: dict[str, str], port: int) -> None:
        self.home, self.environ, self.url = home, environ, f"http://127.0.0.1:{port}"
        self.token = ""

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hub", *words],
            cwd=self.home,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        request = Request(
            self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None
        )
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.add_header(name, value)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urlopen(request, timeout=LONG) as answer:
                content = answer.read()
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:500]!r}") from error
        return json.loads(content) if content else None

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.ask(method, "/api/v1" + path, body)

    def is_up(self) -> bool:
        try:
            self.ask("GET", "/api/v1/openapi.json")
        except (AssertionError, OSError):
            return False
        return True

    def found(self, path: str) -> list[Any]:
        return self.api("GET", path)["items"]


@contextmanager
def serving(old: Old) -> Generator[None]:
    """The server of the version before; it answers inside."""
    log = old.home / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve"], cwd=old.home, env=old.environ, stdout=out, stderr=out
        )
        try:
            assert wait_until(lambda: old.is_up() or process.poll() is not None, LONG), log.read_text()
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(LONG)
    assert "UndefinedColumnError" not in log.read_text(), log.read_text()


async def _expand(url: str) -> None:
    """This version's schema while the one before still runs: its contracts wait."""
    conn = await connect(url, application="test")
    try:
        await migrate(conn, only=[one.number for one in load() if not one.is_contract])
    finally:
        await conn.close()


def test_the_version_before_serves_customers_and_managers_on_this_schema(
    previous: Path, empty_db_url: str, redis_url: str
) -> None:
    asyncio.run(_expand(empty_db_url))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        "HUB_DATABASE_URL": empty_db_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_SECRET_KEY": "k" * 44,
        "HUB_PORT": str(port),
        "HUB_SMTP_PORT": "0",
        "HUB_DATA_DIR": str(previous / "data"),
    }
    old = Old(previous, environ, port)
    old.run("migrate")
    old.run("bootstrap")
    old.token = old.run("token", "create", "--name", "test", "--scope", "all").split()[-1]
    with serving(old):
        _a_working_day(old)


def _a_working_day(old: Old) -> None:
    """A customer writes; a manager reads, notes, sells, plans and closes."""
    said = "How much is it?"
    old.ask("POST", "/in/form", {"name": "Vuthy", "email": "vuthy@example.com", "message": said})
    assert wait_until(lambda: bool(old.found("/conversations?view=all")), LONG)
    found = old.found("/conversations?view=all")[0]
    conversation = f"/conversations/{found['id']}"
    assert any(said in message["text"] for message in old.found(f"{conversation}/messages"))
    old.api("PUT", f"{conversation}/assignment", {"user_id": old.found("/users")[0]["id"]})
    old.api("POST", f"{conversation}/messages", {"text": "Wants a price.", "note": True})
    company = old.api("POST", "/companies", {"name": "Vuthy and sons"})["id"]
    old.api("PATCH", f"/contacts/{found['contact_id']}", {"company_id": company})
    deal = old.api("POST", "/deals", {"contact_id": found["contact_id"], "title": "One bike"})["id"]
    old.api("PATCH", f"/deals/{deal}", {"amount": 12_500, "currency": "USD"})
    old.api("POST", "/tasks", {"title": "Call", "deal_id": deal})
    old.api("POST", f"{conversation}/closure")
    assert old.api("GET", conversation)["row"]["state"] == "closed"
    assert old.found(f"/deals/{deal}/history")
