"""A mail server that delivers as fast as it is answered: the load of `mail_door`. `python -m benchmarks.mail_load PORT ...`."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import orjson
import uvloop

from benchmarks.letters import mail_of

PER_LINE: Final = 50


async def _run(port: int, connections: int, mails: int) -> None:
    numbers = iter(range(mails))
    bad: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(*(_deliver(port, numbers, bad) for _ in range(connections)))
    sys.stdout.buffer.write(orjson.dumps({"seconds": time.perf_counter() - began, "bad": len(bad)}))


async def _deliver(port: int, numbers: Iterator[int], bad: list[bytes]) -> None:
    """A line after the other, each for as many mails as mail servers send over one."""
    while some := list(islice(numbers, PER_LINE)):
        await _over_one_line(port, some, bad)


async def _over_one_line(port: int, numbers: Sequence[int], bad: list[bytes]) -> None:
    """Mails one after the other, every command answered before the next (no PIPELINING)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()

    async def ask(line: bytes) -> bytes:
        writer.write(line + b"\r\n")
        answer = await reader.readline()
        while answer[3:4] == b"-":
            answer = await reader.readline()
        return answer

    await ask(b"EHLO bench.example")
    for number in numbers:
        sender, body = mail_of(number)
        await ask(b"MAIL FROM:<" + sender + b">")
        await ask(b"RCPT TO:<mail@localhost>")
        await ask(b"DATA")
        answer = await ask(body + b"\r\n.")
        if not answer.startswith(b"250"):
            bad.append(answer)
    await ask(b"QUIT")
    writer.close()


if __name__ == "__main__":
    uvloop.run(_run(*(int(word) for word in sys.argv[1:4])))
