"""Tries a channel in both directions and says in a sentence what is wrong and how to fix it."""

from __future__ import annotations

import asyncio
from typing import Final

from connectors.contract import CredentialsDead, Health, Http, SendError, State, TryAgain
from connectors.email.oauth import forget, with_token
from connectors.email.receive.imap import ImapClient, ImapRefused
from connectors.email.send.client import reason, sign_in
from connectors.email.setup.providers import remedy_for
from connectors.email.spec import Mailbox, Server
from values.sentences import Sentence, phrase, tidied

STEP: Final = 15.0
RENEW: Final = phrase("Ask the mailbox owner for consent again, and enter the new refresh token.")
CHECK_ADDRESS: Final = phrase(
    "Check the OAuth token address of the channel, and whether this machine reaches it."
)
ADDRESS: Final = phrase("Enter the address of the mailbox, for example support@example.org.")


async def probe(mailbox: Mailbox, http: Http) -> Health:
    """The first thing that does not work, or that all does. Never raises."""
    forget(mailbox)  # the permission itself is tried, not what is left of an earlier one
    try:
        return await with_token(http, mailbox, _probe)
    except CredentialsDead as error:
        return _refused("OAuth", mailbox, error)
    except TryAgain as error:
        return Health(
            state=State.TRANSIENT,
            sentence=ended(error.reason),
            remedy=CHECK_ADDRESS,
        )


async def _probe(mailbox: Mailbox) -> Health:
    if "@" not in mailbox.address:
        return Health(
            state=State.UNCONFIGURED, sentence=phrase("The channel has no address."), remedy=ADDRESS
        )
    if mailbox.receive == "imap":
        if not mailbox.can_read:
            return Health(
                state=State.UNCONFIGURED,
                sentence=phrase("The channel has no IMAP server or no password for it."),
                remedy=phrase(
                    "Enter the IMAP server and password, or receive mail on the incoming mail port."
                ),
            )
        fault = await _imap(mailbox)
        if fault:
            return fault
    if not mailbox.smtp.host:
        return Health(
            state=State.CONNECTED,
            sentence=phrase(
                "Mail to {address} comes in. Replies cannot go out: no SMTP server is set.",
                address=mailbox.address,
            ),
            remedy=phrase("Enter the SMTP server of the mailbox to be able to reply."),
        )
    return await _smtp(mailbox) or Health(
        state=State.CONNECTED,
        sentence=phrase("Mail to {address} comes in, and replies can go out.", address=mailbox.address),
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
            sentence=phrase("IMAP: a folder cannot be opened: {text}.", text=error.text[:200].rstrip(". ")),
            remedy=phrase("Check the names of the folders; the first one of a mailbox is INBOX."),
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
    return Health(
        state=State.NEEDS_CREDENTIALS,
        sentence=Sentence("{what}: {reason}", {"what": what, "reason": ended(error.reason)}),
        remedy=remedy,
    )


def _unreachable(what: str, server: Server, error: BaseException, ports: dict[str, int]) -> Health:
    """The remedy follows from how the connection failed."""
    words = reason(error)
    kind = f"{type(error).__name__} {type(error.__cause__).__name__} {words}".lower()
    remedy = _remedy(kind, server, ports)
    return Health(
        state=State.TRANSIENT,
        sentence=phrase(
            "{what}: no connection to {host}:{port}: {words}.",
            what=what,
            host=server.host,
            port=server.port,
            words=tidied(words, lambda plain: plain.rstrip(". ")),
        ),
        remedy=remedy,
    )


def _remedy(kind: str, server: Server, ports: dict[str, int]) -> str:
    """`kind` are the names of the errors and their words, in small letters."""
    if "self-signed" in kind or "self signed" in kind or "local issuer" in kind:
        return phrase(
            "Nobody whom this machine knows vouches for the certificate of {host}. If it is "
            "yours, enter it under Certificate authority.",
            host=server.host,
        )
    if "certificate" in kind:
        return phrase(
            "The server's certificate is not valid for {host}: enter the name that the certificate carries.",
            host=server.host,
        )
    if "gaierror" in kind or "name or service" in kind or "resolve" in kind:
        return phrase("There is no server called {host}: check its name.", host=server.host)
    if "wrong_version" in kind or "ssl" in kind or "tls" in kind or "greet" in kind:
        return phrase(
            "Port and security do not go together: tls is port {tls}, starttls port {starttls}.", **ports
        )
    if "timeout" in kind or "timed out" in kind:
        return phrase(
            "Nobody answers at {host}:{port}: check port, security and firewall.",
            host=server.host,
            port=server.port,
        )
    if "refused" in kind:
        return phrase(
            "Nothing listens at {host}:{port}: check port ({ports} is usual) and security.",
            host=server.host,
            port=server.port,
            ports=ports[server.security],
        )
    return phrase(
        "Check server, port ({ports} is usual for {security}) and security.",
        ports=ports[server.security],
        security=server.security,
    )


def ended(words: str) -> str:
    """Somebody's words or a sentence of ours, with a full stop."""
    return words if words.endswith((".", "!", "?")) else Sentence("{words}.", {"words": words})
