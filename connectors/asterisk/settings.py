"""The settings of an Asterisk channel, and which lines lead outside. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import Abilities, ConnectorSpec, Setting

PLUMBING = frozenset(
    {
        *("local", "message", "snoop", "surrogate", "announcer", "recorder", "cbann", "cbrec", "bridge"),
        *("multicastrtp", "unicastrtp", "asyncgoto", "audiosocket", "websocket", "parked"),
    }
)
"""Channel technologies that are nobody's telephone."""
LONGEST_EXTENSION = 6
CONTEXT = "from-internal"

SPEC = ConnectorSpec(
    id="asterisk",
    title="Asterisk",
    summary="Calls of an Asterisk or FreePBX of your own, through its manager interface, and calls at a click.",
    handle_kind="phone",
    icon="phone",
    settings=(
        Setting(name="host", label="Address of Asterisk", required=True, help="Host name or IP address."),
        Setting(name="port", label="Port of the manager interface", type="number", default=5038),
        Setting(
            name="tls",
            label="Encrypted (TLS)",
            type="flag",
            default=False,
            help="For a line outside your own network; Asterisk's usual port for it is 5039.",
        ),
        Setting(name="user", label="Manager user", required=True, help="A section of manager.conf."),
        Setting(
            name="secret",
            label="Manager secret",
            type="secret",
            required=True,
            goes_to=("host", "port", "user", "tls"),
        ),
        Setting(
            name="trunks",
            label="Lines to the outside",
            help="Names of the trunks, separated by spaces. Empty: every endpoint whose name is not a short number.",
        ),
        Setting(
            name="context",
            label="Dial plan context for calls at a click",
            default=CONTEXT,
            help="Where your telephones may dial numbers outside. Empty: no calls at a click.",
        ),
        Setting(
            name="telephone",
            label="Telephone of an extension",
            default="PJSIP/{extension}",
            help="How Asterisk reaches one of your telephones, for calls at a click.",
        ),
        Setting(
            name="prefix",
            label="Prefix for outside calls",
            help="Dialled before a number, for example 9. Numbers are dialled without the plus sign.",
        ),
        Setting(
            name="recordings_url",
            label="Address of recordings",
            help="Where a web server shows the folder of recordings, for example https://pbx.example/monitor/.",
        ),
        Setting(
            name="recordings_folder",
            label="Folder of recordings on the Asterisk",
            default="/var/spool/asterisk/monitor/",
        ),
        Setting(name="recordings_user", label="User for the recordings"),
        Setting(
            name="recordings_password",
            label="Password for the recordings",
            type="secret",
            goes_to=("recordings_url", "recordings_user"),
        ),
        Setting(
            name="trusted_hosts",
            label="Hosts of recordings in your own network",
            help="Recordings are fetched from public addresses only, and from these hosts (separated by spaces).",
        ),
    ),
    abilities=Abilities(replies=False, calls=True, files_in=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach and enter the manager interface. `events` are the classes of events we ask for."""

    host: str
    port: int
    user: str
    secret: str
    tls: bool = False
    events: str = "call,agent,cdr,dialplan"

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Access | None:
        """None while something needed is missing."""
        host, user, secret = (text(settings, name) for name in ("host", "user", "secret"))
        port = text(settings, "port") or "5038"
        if not (host and user and secret and port.isdecimal() and 0 < int(port) < 65536):
            return None
        return cls(host=host, port=int(port), user=user, secret=secret, tls=settings.get("tls") is True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Tells telephones, lines to the outside and plumbing apart by a channel's name."""

    trunks: frozenset[str] = frozenset()
    context: str = CONTEXT

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Lines:
        context = text(settings, "context") or CONTEXT
        return cls(trunks=frozenset(text(settings, "trunks").lower().split()), context=context)

    def is_real(self, channel: str) -> bool:
        """Somebody's telephone or a line outside."""
        return "/" in channel and channel.partition("/")[0].lower() not in PLUMBING

    def is_trunk(self, channel: str) -> bool:
        if not self.is_real(channel):
            return False
        name = endpoint(channel).lower()
        if self.trunks:
            return name in self.trunks
        return not (name.isdecimal() and len(name) <= LONGEST_EXTENSION)


def endpoint(channel: str) -> str:
    """`PJSIP/11-0000002a` is of `11`."""
    return channel.partition("/")[2].rpartition("-")[0]


def text(settings: Mapping[str, Any], name: str) -> str:
    """A setting without what stands around it; empty where there is none."""
    value = settings.get(name)
    return "" if value is None else str(value).strip()
