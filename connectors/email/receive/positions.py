"""How far a folder of a mailbox is read, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_IMPORT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Times in seconds and sizes in bytes. `stuck`: no step for so long is a fault. `check`: between two looks at all UIDs."""

    idle: float = 300.0
    poll: float = 30.0
    step: float = 60.0
    backoff: float = 2.0
    backoff_limit: float = 300.0
    batch: int = 100
    batch_bytes: int = 8 * 1024 * 1024
    mail_bytes: int = 40 * 1024 * 1024
    beginning: int = 512 * 1024
    stuck: float = 3_600.0
    check: float = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPosition:
    """How far a folder is read. `since` is when the channel first saw it."""

    folder: str
    uid_validity: int
    uid: int
    since: str

    def checkpoint(self) -> dict[str, str | int]:
        return {"uidvalidity": self.uid_validity, "uid": self.uid, "since": self.since}

    def key(self, uid: int) -> str:
        """The journal's name of a mail in this folder."""
        return f"{self.folder}:{self.uid_validity}:{uid}"


def is_before(arrived: str, since: str) -> bool:
    """Whether a mail lay in the folder for longer than a day when the channel first looked."""
    try:
        return (
            parsedate_to_datetime(arrived.replace("-", " ", 2)) < datetime.fromisoformat(since) - FIRST_IMPORT
        )
    except (ValueError, TypeError, IndexError):
        return False
