"""A program with the hub's commands and nothing behind them, for testing what runs them."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path


def main(command: str) -> None:
    """Behave like `hub COMMAND`; a file `fail-COMMAND` in the data directory makes it fail.

    `shot-COMMAND` makes it kill PostgreSQL and fail, once.
    """
    home = Path(os.environ["HUB_DATA_DIR"])
    with (home / "ran").open("a") as log:
        log.write(f"{command} {os.getpid()} {os.environ['HUB_DATABASE_URL']} {os.environ['HUB_REDIS_URL']}\n")
    if (home / f"fail-{command}").exists():
        print(f"{command} cannot start", file=sys.stderr)
        raise SystemExit(3)
    if (shot := home / f"shot-{command}").exists():
        shot.unlink()
        os.kill(
            int((home / "engines" / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL
        )
        raise SystemExit(4)
    if command == "bootstrap":
        print(json.dumps({"address": "http://here", "link": "http://here/once"}))
    if command in ("serve", "work"):
        run(command, home)


def run(command: str, home: Path) -> None:
    """Until SIGTERM, with an open port when serving."""

    def leave(*_: object) -> None:
        with (home / "ran").open("a") as log:
            log.write(f"{command}-stopped {os.getpid()} - -\n")
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    if command == "serve":
        with socket.create_server(("127.0.0.1", int(os.environ["HUB_PORT"]))) as door:
            while True:
                door.accept()[0].close()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
