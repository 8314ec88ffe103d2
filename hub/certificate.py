"""The certificate of the mail doors: a configured one, or one made here and kept in the data directory (STARTTLS)."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub.problem import Problem
from hub.secret_key import make_private
from hub.settings import Settings

FILE_NAME: Final = "smtp.pem"
LASTS: Final = timedelta(days=3650)
EARLY: Final = timedelta(days=30)


class Certificate:
    """What the doors show. `renewed` takes in a file that was replaced meanwhile; lines that stand keep theirs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._read: tuple[float, ...] = ()
        self.renewed()

    def renewed(self) -> bool:
        """Whether the files are other ones than at the last look; raises `Problem` when they cannot be used."""
        chain, key = self._files()
        try:
            stamp = tuple(path.stat().st_mtime for path in (chain, key))
            if stamp == self._read:
                return False
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, password="")  # tried apart
            self.context.load_cert_chain(chain, key, password="")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise Problem(
                f"The certificate {chain} with the key {key} cannot be used: {error}. "
                "Check HUB_SMTP_CERTIFICATE and HUB_SMTP_KEY."
            ) from error
        self._read = stamp
        return True

    def _files(self) -> tuple[Path, Path]:
        given = self._settings.smtp_certificate
        if given is not None:
            return given, self._settings.smtp_key or given
        own = self._settings.data_dir / FILE_NAME
        if not _is_lasting(own):
            _keep(own, _made(socket.getfqdn() or "localhost"))
        return own, own


def _is_lasting(path: Path) -> bool:
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return False
    return ends - EARLY > datetime.now(UTC)


def _made(host: str) -> bytes:
    """A key and the certificate that it signed itself: senders that encrypt where they can ask for no more (RFC 7435)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def _keep(path: Path, pem: bytes) -> None:
    """One file for both, put in place at once: two processes that make one each never mix them."""
    make_private(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600 from the first moment
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    Path(name).replace(path)
