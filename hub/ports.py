"""Whether a port is free to listen on, and what to do when it is not."""

from __future__ import annotations

import errno
import socket

from hub.engines.process import wait_until
from hub.problem import Problem

PATIENCE = 3.0
"""Seconds: the processes of a hub that was killed may hold it a moment longer."""


def require_free(host: str, port: int, *, variable: str) -> None:
    """Raises Problem with the remedy when nothing can listen there."""
    trouble = _trouble(host, port)
    if trouble == errno.EADDRINUSE and wait_until(lambda: _trouble(host, port) is None, PATIENCE):
        trouble = None
    if trouble is None:
        return
    if trouble == errno.EADDRINUSE:
        raise Problem(
            f"Port {port} of {host} is in use: end the program that holds it, or choose another port, "
            f"for example {variable}={_free_port(host)}."
        )
    if trouble in (errno.EACCES, errno.EPERM):
        raise Problem(
            f"Port {port} needs root's rights: choose a port above 1023, for example {variable}={port + 8000}."
        )
    raise Problem(
        f"{host} is no address of this machine: set HUB_HOST to 127.0.0.1, 0.0.0.0 or one of its addresses."
    )


def is_open(host: str, port: int) -> bool:
    """Whether something answers there."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  a look-up, nothing is bound here
    try:
        with socket.create_connection((reached, port), timeout=1.0):
            return True
    except OSError:
        return False


def _trouble(host: str, port: int) -> int | None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return errno.EADDRNOTAVAIL
    for family, kind, protocol, _, address in found[:1]:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
                probe.listen(1)
            except OSError as error:
                return error.errno
    return None


def _free_port(host: str) -> int:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.getsockname()[1]
