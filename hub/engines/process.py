"""A child that does not outlive us: started in its own session, watched, stopped with rising insistence."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hub.engines.account import Account

PR_SET_PDEATHSIG = 1
_libc: ctypes.CDLL | None = ctypes.CDLL(None) if sys.platform == "linux" else None

Step = tuple[signal.Signals, float]
"""A signal and how many seconds it is given."""


def spawn(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    log: Path | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child; the kernel sends it `death_signal` when the calling thread ends. `log` None: our own output."""
    output = None if log is None else _append_to(log)
    try:
        return subprocess.Popen(  # noqa: S603  programs we located ourselves
            [str(part) for part in command],
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent(
                death_signal
            ),  # runs after the change of account, which would clear it
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        if output is not None:
            os.close(output)


def stop(process: subprocess.Popen[bytes], steps: Sequence[Step]) -> None:
    """Ask a child to end, then insist; returns when it is gone."""
    for sign, seconds in (*steps, (signal.SIGKILL, 30.0)):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        status = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return sys.platform != "linux"
    return status.rpartition(")")[2].split()[:1] not in (["Z"], ["X"])


def living_in(directory: Path) -> list[int]:
    """The processes whose working directory is `directory`; what we may not look into is left out."""
    wanted = os.path.realpath(directory)
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "cwd").readlink()) == wanted:
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if is_alive(pid)]


def wait_until(check: Callable[[], bool], seconds: float, *, pause: float = 0.02) -> bool:
    """Poll `check` until it holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _append_to(log: Path) -> int:
    """Never through a link: as root we write into a directory of a lesser account."""
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    parent, prctl, number = os.getpid(), _libc.prctl, int(death_signal)

    def die_with_parent() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return die_with_parent
