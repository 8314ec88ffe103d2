"""What the environment may say about an installation, read once; every variable is documented here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from hub.problem import WrongSetting
from hub.secret_key import kept_secret

LANGUAGES = ("en", "km", "ru")
MIN_SECRET = 16
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the environment: its name, its default and what it is for."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable(
        name="HUB_HOST",
        default="127.0.0.1",
        meaning="address the pages, the API and incoming requests listen on",
    ),
    Variable(name="HUB_PORT", default="8080", meaning="port of the pages, the API and incoming requests"),
    Variable(name="HUB_SMTP_PORT", default="2525", meaning="port for incoming mail (SMTP); 0 turns it off"),
    Variable(
        name="HUB_LMTP_PORT", default="0", meaning="port for incoming LMTP from a mail server beside; 0: none"
    ),
    Variable(
        name="HUB_SMTP_CERTIFICATE",
        default="",
        meaning="PEM file with the certificate chain of the incoming mail ports (STARTTLS); empty: one is made in HUB_DATA_DIR",
    ),
    Variable(
        name="HUB_SMTP_KEY",
        default="",
        meaning="PEM file with its private key; empty: it is in HUB_SMTP_CERTIFICATE",
    ),
    Variable(
        name="HUB_DATA_DIR", default="./data", meaning="directory of the embedded engines and the secret key"
    ),
    Variable(
        name="HUB_DATABASE_URL", default="", meaning="postgresql://... to use; empty: an embedded PostgreSQL"
    ),
    Variable(name="HUB_REDIS_URL", default="", meaning="redis://... to use; empty: an embedded Valkey"),
    Variable(
        name="HUB_SECRET_KEY",
        default="",
        meaning="seals stored credentials; empty: made once and kept in HUB_DATA_DIR/secret.key",
    ),
    Variable(name="HUB_CONNECTORS_DIR", default="", meaning="directory with further connectors"),
    Variable(name="HUB_LANGUAGE", default="en", meaning="language of new users and channels: en, km or ru"),
    Variable(
        name="HUB_REGION", default="", meaning="country of local phone numbers, for example KH; empty: none"
    ),
    Variable(
        name="HUB_TIMEZONE",
        default="UTC",
        meaning="time zone of the company, for example Asia/Phnom_Penh: the days and weeks of filters",
    ),
    Variable(
        name="HUB_LOG_FORMAT", default="", meaning="human or json; empty: human on a terminal, json elsewhere"
    ),
    Variable(
        name="HUB_REQUEST_LOG_HOURS",
        default="24",
        meaning="how long a channel keeps what it asked its provider and the answers, without secrets; 0: not at all",
    ),
    Variable(
        name="HUB_BOT_TRUSTED_HOSTS",
        default="",
        meaning="hosts inside the own network that rules of the bot may ask (webhook steps), with spaces between",
    ),
    Variable(
        name="HUB_WEBHOOK_TRUSTED_HOSTS",
        default="",
        meaning="hosts inside the own network that outgoing webhooks may reach, with spaces between",
    ),
    Variable(
        name="HUB_PUBLIC_URL",
        default="",
        meaning="address customers and providers reach the hub at; empty: http://HUB_HOST:HUB_PORT",
    ),
)
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of this process. `database_url` and `redis_url` are empty when the engine is embedded."""

    host: str = "127.0.0.1"
    port: int = 8080
    smtp_port: int = 2525
    lmtp_port: int = 0
    smtp_certificate: Path | None = None
    smtp_key: Path | None = None
    data_dir: Path = Path("data")
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    connectors_dir: Path | None = None
    language: str = "en"
    region: str = ""
    timezone: str = "UTC"
    bot_trusted_hosts: frozenset[str] = frozenset()
    webhook_trusted_hosts: frozenset[str] = frozenset()
    public_url: str = "http://127.0.0.1:8080"
    log_format: str = ""
    request_log_hours: int = 24

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check the environment; makes the secret key when there is none. Raises WrongSetting."""

        def get(name: str, parse: Callable[[str], _T]) -> _T:
            return _read(environ, name, parse)

        host, port = get("HUB_HOST", _host), get("HUB_PORT", _port)
        data_dir = get("HUB_DATA_DIR", _directory)
        return cls(
            host=host,
            port=port,
            smtp_port=get("HUB_SMTP_PORT", _port_or_off),
            lmtp_port=get("HUB_LMTP_PORT", _port_or_off),
            smtp_certificate=get("HUB_SMTP_CERTIFICATE", _existing_file),
            smtp_key=get("HUB_SMTP_KEY", _existing_file),
            data_dir=data_dir,
            database_url=get("HUB_DATABASE_URL", _database_url),
            redis_url=get("HUB_REDIS_URL", _redis_url),
            secret_key=get("HUB_SECRET_KEY", _secret) or kept_secret(data_dir),
            connectors_dir=get("HUB_CONNECTORS_DIR", _existing_directory),
            language=get("HUB_LANGUAGE", _language),
            region=get("HUB_REGION", _region),
            timezone=get("HUB_TIMEZONE", _timezone),
            bot_trusted_hosts=get("HUB_BOT_TRUSTED_HOSTS", _hosts),
            webhook_trusted_hosts=get("HUB_WEBHOOK_TRUSTED_HOSTS", _hosts),
            public_url=get("HUB_PUBLIC_URL", _public_url) or local_url(host, port),
            log_format=get("HUB_LOG_FORMAT", _log_format),
            request_log_hours=get("HUB_REQUEST_LOG_HOURS", _hours),
        )


def local_url(host: str, port: int) -> str:
    """The address a browser on this machine uses."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104  a look-up, nothing is bound here
    return f"http://{shown}:{port}"


def _read(environ: Mapping[str, str], name: str, parse: Callable[[str], _T]) -> _T:
    value = environ.get(name, "").strip() or _DEFAULTS[name]
    try:
        return parse(value)
    except ValueError as error:
        raise WrongSetting(f"{name} is {_shown(name, value)}: {error}") from None


def _shown(name: str, value: str) -> str:
    return "set" if name.endswith(("_URL", "_KEY")) else repr(value)


def _host(value: str) -> str:
    if not value or any(char.isspace() or char in "/?#@" for char in value):
        raise ValueError("give a host name or an address to listen on, for example 127.0.0.1 or 0.0.0.0.")
    return value.strip("[]")


def _hosts(value: str) -> frozenset[str]:
    return frozenset(_host(each).lower() for each in value.replace(",", " ").split())


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ValueError("give a port number from 1 to 65535.")
    return int(value)


def _port_or_off(value: str) -> int:
    return 0 if value == "0" else _port(value)


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("give the name of a time zone, for example Asia/Phnom_Penh or UTC.")
    return value


def _directory(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file; give a directory that may be created or written.")
    return path


def _existing_file(value: str) -> Path | None:
    path = Path(value).expanduser().absolute()
    if value and not path.is_file():
        raise ValueError("there is no such file.")
    return path if value else None


def _existing_directory(value: str) -> Path | None:
    if not value:
        return None
    path = Path(value).expanduser().absolute()
    if not path.is_dir():
        raise ValueError("there is no such directory; create it or leave the variable empty.")
    return path


def _database_url(value: str) -> str:
    if value and urlsplit(value).scheme not in ("postgresql", "postgres"):
        raise ValueError(
            "give postgresql://user:password@host:5432/database, or leave it empty for the embedded one."
        )
    return value


def _redis_url(value: str) -> str:
    if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("give redis://host:6379/0, or leave it empty for the embedded Valkey.")
    return value


def _secret(value: str) -> str:
    if value and len(value) < MIN_SECRET:
        raise ValueError(f"it needs {MIN_SECRET} characters or more, for example from: openssl rand -hex 32")
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"choose one of {', '.join(LANGUAGES)}.")
    return value


def _region(value: str) -> str:
    code = value.upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValueError("give a country in two letters, for example KH or US, or leave it empty.")
    return code


def _hours(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 24 * 30:
        raise ValueError("give hours from 0 to 720.")
    return int(value)


def _log_format(value: str) -> str:
    if value not in ("", "human", "json"):
        raise ValueError("choose human or json, or leave it empty.")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment
    ):
        raise ValueError("give an address such as https://hub.example.com, without a query.")
    return value.rstrip("/")
