"""A provider's own description of its servers (the autoconfig format of Thunderbird) to settings. Pure."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

SECURITY: Final = {"SSL": "tls", "STARTTLS": "starttls"}


def settings_in(page: bytes, address: str) -> dict[str, str]:
    """The first secured IMAP and SMTP server; empty for anything that is no such description. Never raises."""
    if b"<!DOCTYPE" in page or b"<!ENTITY" in page:
        return {}
    try:
        root = ElementTree.fromstring(page)  # noqa: S314  # without a DTD there are no entities to expand
    except (ElementTree.ParseError, ValueError, LookupError):
        return {}
    imap = _server(root, "incomingServer", "imap", address)
    smtp = _server(root, "outgoingServer", "smtp", address)
    return imap | smtp if imap and smtp else {}


def _server(root: ElementTree.Element, tag: str, kind: str, address: str) -> dict[str, str]:
    for found in root.iter(tag):
        security = SECURITY.get((found.findtext("socketType") or "").strip().upper(), "")
        host, port = (found.findtext("hostname") or "").strip(), (found.findtext("port") or "").strip()
        if found.get("type") != kind or not security or not host or not port.isascii() or not port.isdigit():
            continue
        values = {"host": host[:253], "port": port[:5], "security": security}
        values["user"] = _filled((found.findtext("username") or "").strip(), address)
        return {f"{kind}_{name}": _filled(value, address) for name, value in values.items()}
    return {}


def _filled(value: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    for name, known in (
        ("%EMAILADDRESS%", address),
        ("%EMAILLOCALPART%", local),
        ("%EMAILDOMAIN%", domain),
    ):
        value = value.replace(name, known)
    return value
