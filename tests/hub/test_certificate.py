"""The certificate of the mail doors: made once, kept private, replaced while running, told when unusable."""

from __future__ import annotations

import os
import ssl
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from hub.certificate import Certificate
from hub.problem import Problem
from hub.settings import Settings
from tests.connectors.email.certificate import certificate_for


def test_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    Certificate(settings)
    kept = settings.data_dir / "smtp.pem"
    first = kept.read_bytes()
    Certificate(settings)
    assert kept.read_bytes() == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_bytes(b"half a fi")  # whatever it holds, the door gets a new one
    Certificate(settings)
    assert kept.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_replaced_file_is_taken_in_and_a_broken_one_is_not(tmp_path: Path) -> None:
    _, public = certificate_for("mail.example.org", tmp_path)
    settings = Settings(data_dir=tmp_path, smtp_certificate=public, smtp_key=public.with_name("key.pem"))
    certificate = Certificate(settings)
    assert not certificate.renewed()
    before = _shown(certificate)
    certificate_for("mail.example.org", tmp_path)
    os.utime(public, (1, 1))
    assert certificate.renewed()
    assert _shown(certificate) != before
    after = _shown(certificate)
    public.write_bytes(b"no certificate")
    with pytest.raises(Problem, match="HUB_SMTP_CERTIFICATE"):
        certificate.renewed()
    assert _shown(certificate) == after
    with pytest.raises(Problem):
        Certificate(replace(settings, smtp_key=None))


def _shown(certificate: Certificate) -> bytes:
    """What a client is shown, by a handshake in memory."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server)
    server = certificate.context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert(binary_form=True) or b""
