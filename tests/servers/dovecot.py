"""A real Dovecot on a loopback port with one maildir, run by an unprivileged account, killed and started at will."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIG = """
protocols = imap
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{base}/mail
mail_fsync = never
maildir_very_dirty_syncs = no
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 50
auth_failure_delay = 0
imap_capability = {capability}
passdb {{
  driver = passwd-file
  args = scheme=plain {base}/users
}}
userdb {{
  driver = passwd-file
  args = {base}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """`user` and `password` sign in; mail is delivered by a rename into the maildir, as any delivery agent does it."""

    user = "support@our.example"
    password = 'a pass\\word "quoted"'

    def __init__(self, *, capability: str = "") -> None:
        self.base = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.port = _free_port()
        self._account = _account()
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0
        user, group = pwd.getpwuid(self._account[0]).pw_name, grp.getgrgid(self._account[1]).gr_name
        (self.base / "dovecot.conf").write_text(
            CONFIG.format(base=self.base, user=user, group=group, port=self.port, capability=capability)
        )
        (self.base / "users").write_text(
            f"{self.user}:{self.password}:{self._account[0]}:{self._account[1]}::{self.base}::\n"
        )
        for part in ("new", "cur", "tmp"):
            (self.base / "mail" / part).mkdir(parents=True)
        for path in (self.base, *self.base.rglob("*")):
            os.chown(path, *self._account)

    def start(self) -> None:
        options: dict[str, object] = {}
        if os.getuid() == 0:
            options = {"user": self._account[0], "group": self._account[1], "extra_groups": []}
        self._process = subprocess.Popen(
            [shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", str(self.base / "dovecot.conf")],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as sock:
                    if sock.recv(10):
                        return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("dovecot does not answer: " + (self.base / "log").read_text()[-2000:])

    def stop(self) -> None:
        """Ends the master and its children at once, as a machine that loses power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    def deliver(self, body: bytes, *, folder: str = "", seen: bool = False) -> Path:
        """Puts a mail into a folder; returns its file."""
        self._count += 1
        box = self.base / "mail" / (f".{folder}" if folder else "")
        for part in ("new", "cur", "tmp"):
            if not (box / part).exists():
                (box / part).mkdir(parents=True)
                os.chown(box / part, *self._account)
        os.chown(box, *self._account)
        name = f"{time.time():.6f}.M{self._count}.test"
        fresh = box / "tmp" / name
        fresh.write_bytes(body)
        os.chown(fresh, *self._account)
        final = box / "cur" / f"{name}:2,S" if seen else box / "new" / name
        fresh.rename(final)
        return final

    def files(self, folder: str = "") -> list[Path]:
        box = self.base / "mail" / (f".{folder}" if folder else "")
        return sorted([*(box / "new").iterdir(), *(box / "cur").iterdir()])

    def renumber(self) -> None:
        """Forgets all UIDs, so that the folder gets a new UIDVALIDITY (what restoring a backup does)."""
        for path in (self.base / "mail").glob("dovecot*"):
            path.unlink()


def _account() -> tuple[int, int]:
    if os.getuid():
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
