"""The key that seals stored credentials: made once, kept in the data directory, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from hub.problem import Problem

FILE_NAME = "secret.key"


def kept_secret(data_dir: Path) -> str:
    """The key of this installation, made when there is none; two processes starting at once get the same."""
    path = data_dir / FILE_NAME
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except PermissionError as error:
        raise Problem(f"{path} cannot be read: run the hub as the user who owns it.") from error
    try:
        write_secret(data_dir, secrets.token_hex(32), replace=False)
    except PermissionError as error:
        raise Problem(
            f"{data_dir} cannot be written: give the hub's user the right to, or set HUB_DATA_DIR."
        ) from error
    return _read(path)


def write_secret(data_dir: Path, secret: str, *, replace: bool) -> None:
    """Keep `secret` for this installation; an existing key stays unless `replace`."""
    make_private(data_dir)
    path = data_dir / FILE_NAME
    handle, name = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=data_dir)  # 0600 from the first moment
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            fresh.replace(path)
        else:
            _link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def make_private(data_dir: Path) -> None:
    """Create the data directory; as root others may pass through it, since the engines run as another account."""
    if not data_dir.is_dir():
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _link(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        fresh.replace(path)


def _read(path: Path) -> str:
    secret = path.read_text().strip()
    if not secret:
        raise Problem(
            f"{path} is empty: put the installation's key back, or remove the file to have a new one made."
        )
    return secret
