"""Just enough of both protocols to ask an engine on its unix socket whether it serves; no library, no memory."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

STARTING_UP = ("57P03", "57P01", "57P02")
PROTOCOL_3 = 196608


class NotReady(Exception):
    """The engine does not serve yet, or not any more."""


class WireError(Exception):
    """PostgreSQL refused a statement."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


def postgres(path: Path, statement: str, *, user: str, database: str, timeout: float = 60.0) -> list[str]:
    """Run one statement; the first column of its rows. Raises NotReady or WireError."""
    try:
        with _connect(path, timeout) as line:
            line.sendall(_startup(user=user, database=database))
            list(_messages(line))
            line.sendall(_packet(b"Q", statement.encode() + b"\0"))
            return [_first_column(body) for kind, body in _messages(line) if kind == b"D"]
    except OSError as error:
        raise NotReady(str(error)) from error


def valkey(path: Path, *command: str, timeout: float = 5.0) -> str:
    """Run one command that answers in one line. Raises NotReady."""
    try:
        with _connect(path, timeout) as line:
            parts = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in command)
            line.sendall(b"*%d\r\n" % len(command) + parts)
            answer = line.recv(4096).decode(errors="replace").strip()
    except OSError as error:
        raise NotReady(str(error)) from error
    if not answer or answer.startswith(("-LOADING", "-BUSY", "-MASTERDOWN")):
        raise NotReady(answer)
    return answer


def _connect(path: Path, timeout: float) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(timeout)
    try:
        line.connect(str(path))
    except BaseException:
        line.close()
        raise
    return line


def _startup(*, user: str, database: str) -> bytes:
    words = ["user", user, "database", database, "application_name", "omnihub engines"]
    body = struct.pack("!i", PROTOCOL_3) + b"".join(word.encode() + b"\0" for word in words) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def _packet(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _messages(line: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """What the server says until it is ready for the next statement."""
    failure: WireError | None = None
    while True:
        kind, length = struct.unpack("!ci", _exactly(line, 5))
        body = _exactly(line, length - 4)
        if kind == b"E":
            failure = _error(body)
            if failure.code in STARTING_UP:
                raise NotReady(str(failure))
            if (
                failure.code.startswith("28") or failure.code == "3D000"
            ):  # refused at the door: no ReadyForQuery
                raise failure
        elif kind == b"Z":
            if failure is not None:
                raise failure
            return
        else:
            yield kind, body


def _exactly(line: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(size - len(parts))
        if not part:
            raise NotReady("the connection was closed")
        parts += part
    return bytes(parts)


def _error(body: bytes) -> WireError:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return WireError(fields.get(b"C", ""), fields.get(b"M", ""))


def _first_column(body: bytes) -> str:
    (size,) = struct.unpack_from("!i", body, 2)
    return "" if size < 0 else body[6 : 6 + size].decode()
