"""The snippets of a README in their order, and a shell beside a running hub that they run in."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import smtplib
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp.test_utils import unused_port

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$|((?:^    [^\n]*\n(?:\n(?=    ))?)+)", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'?(\w+)'?")
PRELUDE = 'set -euo pipefail\nhub() { "$PYTHON" -m hub "$@"; }\npython3() { "$PYTHON" "$@"; }\n'


@dataclass(frozen=True)
class Block:
    """What stands in one place; `kind` is the language of a fence, `shell` for indented lines."""

    kind: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block, each with its here-document."""
        found: list[str] = []
        lines = iter(self.text.splitlines())
        for line in lines:
            if not line.strip():
                continue
            whole = [line]
            if mark := HEREDOC.search(line):
                for inner in lines:
                    whole.append(inner)
                    if inner.strip() == mark[1]:
                        break
            found.append("\n".join(whole))
        return found


def blocks(text: str) -> list[Block]:
    """All blocks of a README, in their order."""
    found: list[Block] = []
    for kind, fenced, indented in FENCE.findall(text):
        if indented:
            plain = "\n".join(line.removeprefix("    ") for line in indented.splitlines())
            found.append(Block("shell", plain))
        else:
            found.append(Block(kind or "shell", fenced))
    return found


@dataclass
class Shell:
    """A directory and an environment; `said` maps what a README writes to what it is here."""

    home: Path
    env: dict[str, str]
    said: dict[str, str] = field(default_factory=dict[str, str])

    async def run(self, command: str, *, code: int = 0, **env: str) -> str:
        """Run it as it is written but for `said`; what it printed. Fails for another exit code."""
        for written, here in self.said.items():
            command = command.replace(written, here)
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", PRELUDE + command, cwd=self.home, env={**self.env, **env},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(120):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            raise AssertionError(f"{command}\n-> did not end") from None
        told = output.decode()
        assert process.returncode == code, f"{command}\n-> {process.returncode}, not {code}\n{told}"
        return told


@asynccontextmanager
async def running_hub(home: Path, *, db_url: str, redis_url: str, **env: str) -> AsyncGenerator[Shell]:
    """`hub up` in a process of its own, with its ports and directory, and a shell with the same environment."""
    port, mail = unused_port(), unused_port()
    (home / "data").mkdir()
    whole = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        "HUB_PORT": str(port), "HUB_SMTP_PORT": str(mail), "HUB_DATA_DIR": str(home / "data"),
        "HUB_DATABASE_URL": db_url, "HUB_REDIS_URL": redis_url, "PYTHON": sys.executable,
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]), **env,
    }  # fmt: skip
    log = home / "hub.log"
    with log.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hub", "up", cwd=home, env=whole, stdout=sink, stderr=sink
        )
    shell = Shell(home, whole, {"127.0.0.1:8080": f"127.0.0.1:{port}", "2525": str(mail)})
    try:
        await _until_ready(process, port, mail, log)
        yield shell
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()


async def _until_ready(process: asyncio.subprocess.Process, port: int, mail: int, log: Path) -> None:
    """Until each process knows the first channels, which are made while they start."""
    async with asyncio.timeout(120), aiohttp.ClientSession() as client:
        while True:
            assert process.returncode is None, log.read_text()
            try:
                async with client.get(f"http://127.0.0.1:{port}/form/form") as answer:
                    if answer.status == 200 and await asyncio.to_thread(_takes_mail, mail):
                        return
            except OSError:
                pass
            await asyncio.sleep(0.1)


def _takes_mail(port: int) -> bool:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as door:
        door.ehlo()
        door.mail("bob@example.com")
        return door.rcpt("hub@localhost")[0] == 250
