"""A mail server with a certificate of its own: the sentence says what is missing, and the certificate entered lets it in."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.contract import ChannelConfig, Context, State
from connectors.email.connector import connector
from connectors.email.spec import Mailbox
from connectors.email.vouching import context_of
from hub.http import HttpClient


def certificate(folder: Path, *, address: str = "127.0.0.1") -> tuple[Path, str]:
    """A key with a certificate that vouches for itself; the file of both, and the certificate's PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.shop.lan")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{address}.pem"
    file.write_bytes(private + pem)
    return file, pem.decode()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[int, str]]:
    """The port of a server that says hello by TLS, and its certificate."""
    file, pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    async def hello(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* BYE not here\r\n")
        writer.close()

    listening = await asyncio.start_server(hello, "127.0.0.1", 0, ssl=context)
    yield listening.sockets[0].getsockname()[1], pem
    listening.close()
    await listening.wait_closed()


def settings(port: int, authority: str) -> dict[str, object]:
    return {
        "address": "a@shop.test", "imap_host": "127.0.0.1", "imap_port": port, "imap_security": "tls",
        "imap_password": "x", "certificate_authority": authority,
    }  # fmt: skip


async def test_an_own_certificate_is_believed_where_it_was_entered(
    server: tuple[int, str], tmp_path: Path
) -> None:
    port, pem = server
    _, other = certificate(tmp_path, address="127.0.0.2")
    for authority, is_in in ((pem, True), ("", False), (other, False)):
        imap = Mailbox.of(settings(port, authority)).imap
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context_of(imap))
        except ssl.SSLCertVerificationError:
            assert not is_in
            continue
        writer.close()
        assert is_in


@pytest.mark.parametrize("is_entered", [False, True])
async def test_the_remedy_names_what_is_missing(server: tuple[int, str], is_entered: bool) -> None:
    port, pem = server
    http = HttpClient()
    channel = ChannelConfig(id=1, slug="m", name="M", settings=settings(port, pem if is_entered else ""))
    try:
        health = await connector.probe(Context(channel=channel, http=http.for_channel(channel)))
    finally:
        await http.close()
    assert health.state is State.TRANSIENT
    assert ("Nobody whom this machine knows vouches" in health.remedy) is not is_entered
    assert "name that the certificate carries" not in health.remedy
