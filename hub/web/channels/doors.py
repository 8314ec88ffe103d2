"""What somebody outside needs of a channel: its door, its public page, snippets for a web site, commands to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from connectors.contract import Door
from hub.settings import Settings
from hub.wording.i18n import gettext as _
from inbox.channels.model import LiveChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Something to copy. `link` is the same as an address that can be opened."""

    title: str
    text: str
    help: str = ""
    link: str = ""


Maker: TypeAlias = Callable[[LiveChannel, Settings], list[Snippet]]


def snippets(live: LiveChannel, settings: Settings) -> list[Snippet]:
    """All there is to copy for a channel, the most useful first."""
    made = MAKERS.get(live.row.connector, _plain)(live, settings)
    if isinstance(live.connector, Door) and live.row.connector not in ("sitechat",):
        made.append(
            Snippet(
                title=_("Address for incoming requests"),
                text=door_of(live, settings),
                help=_(
                    "Providers and programs send to this address. Everything accepted here is stored first."
                ),
            )
        )
    return made


def door_of(live: LiveChannel, settings: Settings) -> str:
    return f"{settings.public_url}/in/{live.row.slug}"


def _plain(live: LiveChannel, settings: Settings) -> list[Snippet]:
    return []


def _form(live: LiveChannel, settings: Settings) -> list[Snippet]:
    url, slug = settings.public_url, live.row.slug
    return [
        Snippet(title=_("The form's own page"), text=f"{url}/form/{slug}", link=f"{url}/form/{slug}"),
        Snippet(
            title=_("On your web site"),
            text=f'<script src="{url}/embed/form/{slug}.js" async></script>',
            help=_("Paste it where the form should appear."),
        ),
        Snippet(
            title=_("With a form you have already"),
            text=f'<form method="post" action="{url}/in/{slug}">\n  <input name="name">\n'
            '  <input name="email" type="email">\n  <textarea name="message"></textarea>\n'
            "  <button>Send</button>\n</form>",
            help=_(
                "Point its action here. Usual field names are understood; others are named in the settings."
            ),
        ),
    ]


def _chat(live: LiveChannel, settings: Settings) -> list[Snippet]:
    url, slug = settings.public_url, live.row.slug
    return [
        Snippet(
            title=_("On your web site"),
            text=f'<script src="{url}/embed/chat/{slug}.js" async></script>',
            help=_("Paste it before the end of the body, on every page that should have the chat."),
        ),
        Snippet(
            title=_("The chat's own page"),
            text=f"{url}/chat/{slug}",
            link=f"{url}/chat/{slug}",
            help=_("To try it, or as a link in messages."),
        ),
    ]


def _mail(live: LiveChannel, settings: Settings) -> list[Snippet]:
    given: Mapping[str, Any] = live.config.settings
    address = str(given.get("address") or "hub@localhost")
    if given.get("receive") != "smtp_door" or not settings.smtp_port:
        return []
    host = f"{settings.host if settings.host != '0.0.0.0' else '127.0.0.1'}:{settings.smtp_port}"  # noqa: S104  a look-up, nothing is bound
    command = (
        rf"printf 'From: Mara <mara@example.org>\r\nTo: {address}\r\nSubject: Hello\r\n"
        rf"Message-ID: <'$(date +%s)'@example.org>\r\n\r\nAre you open on Saturday?\r\n' |"
        f"\n  curl smtp://{host} --mail-from mara@example.org --mail-rcpt {address} -T -"
    )
    return [
        Snippet(
            title=_("Send a mail to try it"),
            text=command,
            help=_("Run it on the machine of the hub. The mail arrives in the inbox within a second."),
        ),
        Snippet(
            title=_("For your mail server"),
            text=f"smtp:[{urlsplit(settings.public_url).hostname}]:{settings.smtp_port}",
            help=_("Let it deliver this address here, for example as a transport of Postfix."),
        ),
    ]


def _phone(live: LiveChannel, settings: Settings) -> list[Snippet]:
    call = f"curl {door_of(live, settings)} -H 'X-Token: SECRET' -d call_id=try-1 -d from=+85512345678"
    return [
        Snippet(
            title=_("A missed call, to try it"),
            text=f"{call} -d event=ringing\n{call} -d event=ended -d outcome=missed",
            help=_("What your telephone system sends. Put the shared secret in the place of SECRET."),
        ),
        Snippet(
            title=_("An answered call with its recording"),
            text=f"{call} -d event=ringing\n{call} -d event=answered -d user=101\n"
            f"{call} -d event=ended -d duration=42 -d recording_url=https://pbx.example.org/try-1.mp3",
            help=_("The extension opens the caller's card on its user's screen."),
        ),
    ]


MAKERS: dict[str, Maker] = {"webform": _form, "sitechat": _chat, "email": _mail, "telephony": _phone}
