"""Tries a channel in both directions and says in a sentence what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
from typing import Final

from connectors.contract import CredentialsDead, Health, Http, SendError, State, TryAgain
from connectors.email.client import reason, sign_in
from connectors.email.imap import ImapClient, ImapRefused
from connectors.email.oauth import forget, with_token
from connectors.email.providers import remedy_for
from connectors.email.spec import Mailbox, Server

STEP: Final = 15.0
RENEW: Final = "Ask the mailbox owner for consent again, and enter the new refresh token."
CHECK_ADDRESS: Final = "Check the OAuth token address of the channel, and whether this machine reaches it."
ADDRESS: Final = "Enter the address of the mailbox, for example support@example.org."


async def probe(mailbox: Mailbox, http: Http) -> Health:
    """The first thing that does not work, or that all does. Never raises."""
    forget(mailbox)  # the permission itself is tried, not what is left of an earlier one
    try:
        return await with_token(http, mailbox, _probe)
    except CredentialsDead as error:
        return _refused("OAuth", mailbox, error)
    except TryAgain as error:
        return Health(state=State.TRANSIENT, sentence=f"{_open(error.reason)}.", remedy=CHECK_ADDRESS)


async def _probe(mailbox: Mailbox) -> Health:
    if "@" not in mailbox.address:
        return Health(state=State.UNCONFIGURED, sentence="The channel has no address.", remedy=ADDRESS)
    if mailbox.receive == "imap":
        if not mailbox.can_read:
            return Health(
                state=State.UNCONFIGURED,
                sentence="The channel has no IMAP server or no password for it.",
                remedy="Enter the IMAP server and password, or receive mail on the incoming mail port.",
            )
        fault = await _imap(mailbox)
        if fault:
            return fault
    if not mailbox.smtp.host:
        return Health(
            state=State.CONNECTED,
            sentence=f"Mail to {mailbox.address} comes in. Replies cannot go out: no SMTP server is set.",
            remedy="Enter the SMTP server of the mailbox to be able to reply.",
        )
    return await _smtp(mailbox) or Health(
        state=State.CONNECTED, sentence=f"Mail to {mailbox.address} comes in, and replies can go out."
    )


async def _imap(mailbox: Mailbox) -> Health | None:
    server = mailbox.imap
    try:
        async with asyncio.timeout(3 * STEP):
            client = await ImapClient.sign_in(server, step=STEP)
            try:
                for folder in mailbox.folders:
                    await client.open(folder)
            finally:
                await client.log_out()
    except CredentialsDead as error:
        return _refused("IMAP", mailbox, error)
    except ImapRefused as error:
        return Health(
            state=State.TRANSIENT,
            sentence=f"IMAP: a folder cannot be opened: {_open(error.text[:200])}.",
            remedy="Check the names of the folders; the first one of a mailbox is INBOX.",
        )
    except (OSError, EOFError, ValueError) as error:
        return _unreachable("IMAP", server, error, {"tls": 993, "starttls": 143, "none": 143})
    return None


async def _smtp(mailbox: Mailbox) -> Health | None:
    server = mailbox.smtp
    try:
        client = await sign_in(server)
    except CredentialsDead as error:
        return _refused("SMTP", mailbox, error)
    except SendError as error:
        return _unreachable(
            "SMTP", server, error.__cause__ or error, {"tls": 465, "starttls": 587, "none": 25}
        )
    client.close()
    return None


def _refused(what: str, mailbox: Mailbox, error: CredentialsDead) -> Health:
    """With the provider's own remedy."""
    remedy = RENEW if mailbox.oauth else remedy_for(mailbox)
    return Health(state=State.NEEDS_CREDENTIALS, sentence=f"{what}: {_open(error.reason)}.", remedy=remedy)


def _unreachable(what: str, server: Server, error: BaseException, ports: dict[str, int]) -> Health:
    """The remedy follows from how the connection failed."""
    words = reason(error)
    kind = f"{type(error).__name__} {type(error.__cause__).__name__} {words}".lower()
    if "self-signed" in kind or "self signed" in kind or "local issuer" in kind:
        remedy = (
            f"Nobody whom this machine knows vouches for the certificate of {server.host}. If it is yours, enter it under"
            " Certificate authority."
        )
    elif "certificate" in kind:
        remedy = f"The server's certificate is not valid for {server.host}: enter the name that the certificate carries."
    elif "gaierror" in kind or "name or service" in kind or "resolve" in kind:
        remedy = f"There is no server called {server.host}: check its name."
    elif "wrong_version" in kind or "ssl" in kind or "tls" in kind or "greet" in kind:
        remedy = "Port and security do not go together: tls is port {tls}, starttls port {starttls}.".format(
            **ports
        )
    elif "timeout" in kind or "timed out" in kind:
        remedy = f"Nobody answers at {server.host}:{server.port}: check port, security and firewall."
    elif "refused" in kind:
        remedy = f"Nothing listens at {server.host}:{server.port}: check port ({ports[server.security]} is usual) and security."
    else:
        remedy = f"Check server, port ({ports[server.security]} is usual for {server.security}) and security."
    return Health(
        state=State.TRANSIENT,
        sentence=f"{what}: no connection to {server.host}:{server.port}: {_open(words)}.",
        remedy=remedy,
    )


def _open(words: str) -> str:
    """Somebody's words without their full stop: a sentence goes on or ends behind them."""
    return words.rstrip(". ")
