"""The mail providers most people use: their servers, and what each wants before a program may sign in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.email.spec import Mailbox
from values.sentences import phrase

SIGN_IN: Final = phrase(
    "Check user and password. With two-step sign-in (Gmail, Yahoo, iCloud, Yandex, Mail.ru) make an app password and enter "
    "that; see also that access by mail programs (IMAP, SMTP) is switched on in the mailbox's own settings."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`domains` are of addresses, `mx` ends of mail exchangers' names. Ports: IMAP 993 by TLS; SMTP as told."""

    name: str
    domains: tuple[str, ...]
    mx: tuple[str, ...]
    imap: str
    smtp: str
    remedy: str
    smtp_security: str = "tls"
    sign_in: str = "password"

    def settings(self) -> dict[str, str]:
        """Settings of a channel at this provider."""
        return {
            "imap_host": self.imap,
            "imap_security": "tls",
            "smtp_host": self.smtp,
            "smtp_security": self.smtp_security,
            "sign_in": self.sign_in,
        }


PROVIDERS: Final = (
    Provider(
        name="Gmail",
        domains=("gmail.com", "googlemail.com"),
        mx=(".google.com", ".googlemail.com"),
        imap="imap.gmail.com",
        smtp="smtp.gmail.com",
        remedy=phrase(
            "Google takes no account passwords here: switch on 2-Step Verification, make an app password at"
            " myaccount.google.com/apppasswords and enter that, or sign in with OAuth."
        ),
    ),
    Provider(
        name="Microsoft 365",
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
        mx=(".mail.protection.outlook.com", ".olc.protection.outlook.com"),
        imap="outlook.office365.com",
        smtp="smtp.office365.com",
        smtp_security="starttls",
        sign_in="microsoft",
        remedy=phrase(
            "Microsoft takes no passwords from mail programs any more: choose the sign-in microsoft (OAuth); an administrator"
            " must allow IMAP and authenticated SMTP for the mailbox."
        ),
    ),
    Provider(
        name="Yahoo",
        domains=("yahoo.com", "ymail.com", "rocketmail.com"),
        mx=(".yahoodns.net",),
        imap="imap.mail.yahoo.com",
        smtp="smtp.mail.yahoo.com",
        remedy=phrase("Yahoo wants an app password: make one under Account security and enter that."),
    ),
    Provider(
        name="iCloud",
        domains=("icloud.com", "me.com", "mac.com"),
        mx=(".mail.icloud.com",),
        imap="imap.mail.me.com",
        smtp="smtp.mail.me.com",
        smtp_security="starttls",
        remedy=phrase("Apple wants an app-specific password: make one at account.apple.com and enter that."),
    ),
    Provider(
        name="Yandex",
        domains=("yandex.ru", "yandex.com", "ya.ru", "yandex.kz", "yandex.by"),
        mx=(".yandex.net", ".yandex.ru"),
        imap="imap.yandex.ru",
        smtp="smtp.yandex.ru",
        remedy=phrase(
            "Yandex: switch IMAP on under All settings, Mail clients, then make an app password and enter that."
        ),
    ),
    Provider(
        name="Mail.ru",
        domains=("mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"),
        mx=(".mail.ru",),
        imap="imap.mail.ru",
        smtp="smtp.mail.ru",
        remedy=phrase(
            "Mail.ru wants a password for external applications: make one under Security and enter that."
        ),
    ),
    Provider(
        name="Zoho",
        domains=("zoho.com", "zohomail.com"),
        mx=(".zoho.com", ".zoho.eu"),
        imap="imap.zoho.com",
        smtp="smtp.zoho.com",
        remedy=phrase(
            "Zoho: switch IMAP access on in the mail settings; with two-step sign-in make an application password."
        ),
    ),
    Provider(
        name="GMX",
        domains=("gmx.net", "gmx.de", "gmx.com", "gmx.at", "gmx.ch"),
        mx=(".gmx.net",),
        imap="imap.gmx.net",
        smtp="mail.gmx.net",
        remedy=phrase("GMX: allow access by POP3 and IMAP in the mail settings first."),
    ),
    Provider(
        name="Fastmail",
        domains=("fastmail.com", "fastmail.fm"),
        mx=(".messagingengine.com",),
        imap="imap.fastmail.com",
        smtp="smtp.fastmail.com",
        remedy=phrase("Fastmail wants an app password: make one under Privacy and security and enter that."),
    ),
)


def by_domain(domain: str) -> Provider | None:
    """The provider whose addresses these are."""
    return next((one for one in PROVIDERS if domain.lower() in one.domains), None)


def by_mx(hosts: list[str]) -> Provider | None:
    """The provider that takes the mail of a company's own domain."""
    names = [f".{host.lower().rstrip('.')}" for host in hosts]
    return next((one for one in PROVIDERS if any(name.endswith(one.mx) for name in names)), None)


def remedy_for(mailbox: Mailbox) -> str:
    """What the provider of this mailbox wants."""
    hosts = {mailbox.imap.host.lower(), mailbox.smtp.host.lower()}
    found = next((one for one in PROVIDERS if {one.imap, one.smtp} & hosts), None)
    return found.remedy if found else SIGN_IN
