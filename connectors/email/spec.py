"""The email connector's card, and a channel's settings as typed values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from connectors.contract import Abilities, ConnectorSpec, Settings
from connectors.email.form import SECURITY, SETTINGS

PORTS: Final = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}
TOKEN_URLS: Final = {
    "google": ("https://oauth2.googleapis.com/token", ""),
    "microsoft": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    ),
    "oauth": ("", ""),
}
"""Where tokens are fetched, and for what."""

SPEC: Final = ConnectorSpec(
    id="email",
    title="Email",
    handle_kind="email",
    icon="mail",
    parse_at_door=True,
    summary="A mailbox read by IMAP, or an incoming mail port that other mail servers deliver to; replies go out by SMTP.",
    settings=SETTINGS,
    abilities=Abilities(
        html=True,
        subject=True,
        reply_to=True,
        files_in=True,
        files_out=True,
        max_text=200_000,
        file_limit=20 * 1024 * 1024,
        per_second=5.0,
        body_limit=40 * 1024 * 1024,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where and how one signs in: by `token` where there is one (XOAUTH2), else by `password`; not at all without both.
    `authority` (PEM) vouches for its certificate besides those that the machine knows."""

    host: str
    port: int
    security: str
    user: str
    password: str
    token: str = ""
    authority: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How access tokens are fetched."""

    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """What mail is signed with (RFC 6376)."""

    domain: str
    selector: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A channel's settings, defaults applied."""

    address: str
    sender_name: str
    receive: str
    auth_server: str = ""
    imap: Server
    smtp: Server
    folders: tuple[str, ...]
    sent_folder: str
    archive_before: datetime | None
    plus_addressing: bool
    sender_style: str = "user"
    signature: str = ""
    quote_answered: bool = True
    dkim: DkimKey | None = None
    oauth: OAuth | None = None

    @property
    def can_read(self) -> bool:
        """Whether there is an IMAP server and something to sign in with."""
        return bool(self.imap.host and (self.imap.password or self.oauth))

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"

    @classmethod
    def of(cls, settings: Settings) -> Mailbox:
        """Typed settings; whatever is malformed takes its default, so that parsing old mail never fails on it."""
        address = _text(settings, "address").lower()
        imap = _server(settings, "imap", user=address, password="", security="tls")
        return cls(
            address=address,
            sender_name=_text(settings, "sender_name"),
            receive=_text(settings, "receive") or "imap",
            auth_server=_text(settings, "auth_server").lower(),
            imap=imap,
            smtp=_server(settings, "smtp", user=imap.user, password=imap.password, security="starttls"),
            folders=_folders(settings),
            sent_folder=_text(settings, "sent_folder"),
            archive_before=_day(_text(settings, "archive_before")),
            plus_addressing=bool(settings.get("plus_addressing")),
            sender_style=_text(settings, "sender_style"),
            signature=_text(settings, "signature")[:5_000],
            quote_answered=bool(settings.get("quote_answered", True)),
            dkim=_dkim(settings),
            oauth=_oauth(settings),
        )


def _server(settings: Settings, which: str, *, user: str, password: str, security: str) -> Server:
    chosen = _text(settings, f"{which}_security") or security
    chosen = chosen if chosen in SECURITY else security
    port = _text(settings, f"{which}_port")
    given = _text(settings, f"{which}_password") or password
    return Server(
        host=_text(settings, f"{which}_host"),
        port=int(port) if port.isascii() and port.isdigit() else PORTS[which][chosen],
        security=chosen,
        user=(_text(settings, f"{which}_user") or user) if given else "",
        password=given,
        authority=_text(settings, "certificate_authority"),
    )


def _dkim(settings: Settings) -> DkimKey | None:
    domain, selector, key = (_text(settings, f"dkim_{part}") for part in ("domain", "selector", "key"))
    return DkimKey(domain=domain, selector=selector, key=key) if domain and selector and key else None


def _oauth(settings: Settings) -> OAuth | None:
    known = TOKEN_URLS.get(_text(settings, "sign_in"))
    if known is None:
        return None
    return OAuth(
        token_url=_text(settings, "oauth_token_url") or known[0],
        client_id=_text(settings, "oauth_client_id"),
        client_secret=_text(settings, "oauth_client_secret"),
        refresh_token=_text(settings, "oauth_refresh_token"),
        scope=known[1],
    )


def _folders(settings: Settings) -> tuple[str, ...]:
    given = settings.get("imap_folders") or settings.get("imap_folder") or ("INBOX",)
    names = given.replace("\n", ",").split(",") if isinstance(given, str) else [str(name) for name in given]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip())) or ("INBOX",)


def _day(value: str) -> datetime | None:
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _text(settings: Settings, name: str) -> str:
    value = settings.get(name)
    return "" if value is None else str(value).strip()
