"""The email connector's card, and a channel's settings as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from connectors.contract import Abilities, ConnectorSpec, Setting, Settings

SECURITY: Final = ("tls", "starttls", "none")
PORTS: Final = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}

SPEC: Final = ConnectorSpec(
    id="email",
    title="Email",
    handle_kind="email",
    icon="mail",
    parse_at_door=True,
    summary="A mailbox read by IMAP, or a local SMTP door that other mail servers deliver to; replies go out by SMTP.",
    settings=(
        Setting(
            name="address",
            label="Address of the mailbox",
            required=True,
            help="Customers write to it; replies come from it.",
        ),
        Setting(
            name="sender_name",
            label="Sender name",
            help="Shown before the address, say the name of your shop.",
        ),
        Setting(
            name="receive",
            label="How mail comes in",
            type="choice",
            choices=("imap", "smtp_door"),
            default="imap",
            help="imap reads an existing mailbox; smtp_door takes what is delivered to this hub.",
        ),
        Setting(
            name="auth_server",
            label="Server that checks senders",
            help="Its name at the start of Authentication-Results, say mx.example.org. Empty: the topmost results count.",
        ),
        Setting(name="imap_host", label="IMAP server", help="Say imap.example.org"),
        Setting(
            name="imap_port", label="IMAP port", type="number", help="Empty: 993 with TLS, 143 otherwise."
        ),
        Setting(name="imap_security", label="IMAP security", type="choice", choices=SECURITY, default="tls"),
        Setting(name="imap_user", label="IMAP user", help="Empty: the address."),
        Setting(
            name="imap_password",
            label="IMAP password",
            type="secret",
            help="Where two-step sign-in is on: an app password.",
        ),
        Setting(name="imap_folders", label="Folders to read", type="list", default=("INBOX",)),
        Setting(
            name="sent_folder",
            label="Sent folder",
            help="Replies that colleagues send from their own mail program join the conversation. Empty: not read.",
        ),
        Setting(
            name="smtp_host",
            label="SMTP server",
            help="Say smtp.example.org. Empty: this channel cannot reply.",
        ),
        Setting(
            name="smtp_port",
            label="SMTP port",
            type="number",
            help="Empty: 465 with TLS, 587 with STARTTLS, else 25.",
        ),
        Setting(
            name="smtp_security", label="SMTP security", type="choice", choices=SECURITY, default="starttls"
        ),
        Setting(name="smtp_user", label="SMTP user", help="Empty: the IMAP user."),
        Setting(name="smtp_password", label="SMTP password", type="secret", help="Empty: the IMAP password."),
        Setting(
            name="sender_style",
            label="Shown as sender",
            type="choice",
            choices=("user", "channel", "both"),
            default="user",
            help="The name of the user who writes, the sender name of the channel, or both.",
        ),
        Setting(
            name="signature",
            label="Signature",
            type="long",
            help="Stands below every answer; {me} becomes the name of who writes.",
        ),
        Setting(
            name="quote_answered",
            label="Quote the answered mail",
            type="flag",
            default=True,
            help="The customer's mail stands below the answer.",
        ),
        Setting(
            name="answer_within_hours",
            label="Bot answers mail of the last … hours",
            type="number",
            default=24,
            help="Older mail, found after a time away, goes to a manager. Empty: any age.",
        ),
        Setting(
            name="archive_before",
            label="Archive before",
            help="YYYY-MM-DD. Older mail is stored and never answered.",
        ),
        Setting(
            name="plus_addressing",
            label="Replies to a plus-address",
            type="flag",
            default=False,
            help="Reply-To becomes address+token@…, so that an answer finds its conversation without headers.",
        ),
        Setting(
            name="dkim_domain",
            label="DKIM domain",
            help="Only where the SMTP server does not sign by itself.",
        ),
        Setting(name="dkim_selector", label="DKIM selector", help="The name before ._domainkey in the DNS."),
        Setting(name="dkim_key", label="DKIM private key", type="secret", help="PEM, RSA."),
    ),
    abilities=Abilities(
        html=True,
        subject=True,
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
    """Where and how one signs in. `password` and `user` may be empty: no sign-in."""

    host: str
    port: int
    security: str
    user: str
    password: str


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
    )


def _dkim(settings: Settings) -> DkimKey | None:
    domain, selector, key = (_text(settings, f"dkim_{part}") for part in ("domain", "selector", "key"))
    return DkimKey(domain=domain, selector=selector, key=key) if domain and selector and key else None


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
