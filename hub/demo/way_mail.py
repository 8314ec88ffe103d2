"""Customers by mail: they write into the shop's mailbox, quote what they answer, and some are on holiday."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from hub.demo.customers import Heard, Move, Persona
from hub.demo.servers.mail import MailServers, TakenMail
from hub.demo.servers.tones import picture
from hub.demo.ways import Hears

SIGNATURES = {"en": "Sent from my phone", "ru": "С уважением,", "km": "ដោយក្តីគោរព"}
AWAY = "I am out of the office until Monday and will answer then."
WROTE = {"en": "On {date}, {who} wrote:", "ru": "{date}, {who} пишет:", "km": "On {date}, {who} wrote:"}


class MailWay:
    """All customers who write to `address`; `servers` take the shop's replies and hold its mailbox."""

    def __init__(self, personas: Iterable[Persona], *, address: str, hears: Hears) -> None:
        self._people = {p.email: p for p in personas if p.way in ("mail", "form")}
        self._address, self._hears = address, hears
        self._threads: dict[str, EmailMessage] = {}
        self.servers: MailServers | None = None

    def knows(self, address: str) -> bool:
        """Whether there is a mailbox of this address out there."""
        return address.lower() in self._people

    async def take(self, mail: TakenMail) -> None:
        """A mail of the shop arrived at somebody's."""
        parsed = message_from_bytes(mail.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        for recipient in mail.recipients:
            if persona := self._people.get(recipient.lower()):
                self._threads[persona.key] = parsed
                if persona.is_away and parsed.get("Auto-Submitted", "no") == "no":
                    self._deliver(self._written(persona, AWAY, is_automatic=True))
                self._hears(persona, Heard(text=text_of(parsed)))

    async def open(self, persona: Persona, text: str) -> None:
        self._threads.pop(persona.key, None)
        self._deliver(self._written(persona, text, with_file=len(text) > 100))

    async def make(self, persona: Persona, move: Move) -> None:
        if move.kind in ("say", "contact", "press"):
            self._deliver(self._written(persona, move.text))

    async def stop(self) -> None:
        self._threads.clear()

    def _deliver(self, message: EmailMessage) -> None:
        if self.servers is not None:
            self.servers.imap.inbox.deliver(message.as_bytes(policy=policy.SMTP))

    def _written(
        self, persona: Persona, text: str, *, with_file: bool = False, is_automatic: bool = False
    ) -> EmailMessage:
        """A mail as the person's program writes it: quoted, threaded, with a signature and an HTML part."""
        answered = self._threads.get(persona.key)
        message = EmailMessage()
        message["From"] = formataddr((persona.name, persona.email))
        message["To"] = str(answered["Reply-To"] or answered["From"]) if answered else self._address
        message["Subject"] = _subject(persona, answered)
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain=persona.email.partition("@")[2])
        if answered and answered["Message-ID"]:
            message["In-Reply-To"] = str(answered["Message-ID"])
            message["References"] = f"{answered['References'] or ''} {answered['Message-ID']}".strip()
        if is_automatic:
            message["Auto-Submitted"] = "auto-replied"
        body = f"{text}\n\n--\n{SIGNATURES[persona.language]}\n{persona.name}\n{_quoted(persona, answered)}"
        message.set_content(body)
        if with_file:
            message.add_attachment(picture(), maintype="image", subtype="png", filename="bike.png")
        return message


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail, without what it quotes."""
    part = message.get_body(("plain", "html"))
    text = str(part.get_content()) if part else ""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">")).strip()


def _subject(persona: Persona, answered: EmailMessage | None) -> str:
    if answered is None:
        return persona.subject
    subject = persona.subject or " ".join(str(answered["Subject"] or "").split())
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _quoted(persona: Persona, answered: EmailMessage | None) -> str:
    if answered is None:
        return ""
    head = WROTE[persona.language].format(date=answered["Date"], who=answered["From"])
    return "\n".join(["", head, *(f"> {line}" for line in text_of(answered).splitlines())])
