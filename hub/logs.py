"""Log lines for people or for machines, with secrets taken out."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

REDACTED = "[redacted]"
SECRET_NAME = re.compile(
    r"secret|token|password|passwd|authorization|cookie|credential|api_?key|signature|totp", re.IGNORECASE
)
SECRET_VALUE = re.compile(
    r"(?P<user>://[^/\s:@]*:)[^@\s/]+(?=@)"  # user:password@ in an address
    r"|(?P<bot>\b(?:bot)?\d{6,}:)[\w-]{30,}"  # a Telegram bot token
    r"|(?P<bearer>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}"
    r"|(?P<query>[?&](?:[\w.]*(?:token|secret|key|password)|signature|hash|code)=)[^&\s\"']+"
    r"|(?P<link>/sign-in/link/)[\w-]{16,}",
    re.IGNORECASE,
)
QUIET = ("aiohttp.access", "aiogram", "arq", "mail.log", "asyncio", "rust-sugiyama", "connected_components")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(process: str, *, log_format: str = "") -> None:
    """Send this process's log to standard error. `log_format`: human, json, or empty for whichever suits it."""
    human = log_format == "human" or (not log_format and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HumanFormatter(process) if human else JsonFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def redacted(text: str) -> str:
    """The text without what looks like a credential."""
    return SECRET_VALUE.sub(lambda found: next(part for part in found.groups() if part) + REDACTED, text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        line.update({name: value for name, value in fields_of(record).items() if name not in line})
        if trace := _trace(record):
            line["trace"] = redacted(trace)
        return json.dumps(line, ensure_ascii=False, default=str)


class HumanFormatter(logging.Formatter):
    """`12:00:01 serve warning: message  name=value`, the trace below."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f" {record.levelname.lower()}:"
        fields = "".join(f"  {name}={_shown(value)}" for name, value in fields_of(record).items())
        trace = _trace(record)
        line = f"{at} {self._process}{level} {_one_line(redacted(record.getMessage()))}{fields}"
        return f"{line}\n{redacted(trace)}" if trace else line


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The data a call put beside its message, without secrets."""
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {name: _clean(name, value) for name, value in given.items()}


def _clean(name: str, value: Any) -> Any:
    if SECRET_NAME.search(name) and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {str(key): _clean(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(name, part) for part in value]
    return value if isinstance(value, bool | int | float | None) else redacted(str(value))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return json.dumps(text, ensure_ascii=False) if re.search(r"[\s\"\x00-\x1f]", text) else text


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _trace(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return ""
