"""Sealed mail: S/MIME and PGP, told apart; what is merely signed is read, what is encrypted is shown as such."""

from __future__ import annotations

from typing import Final

from connectors.email.read.mime import Part, content_type
from values.sentences import phrase

SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
UNTYPED: Final = frozenset(
    {"application/octet-stream", "application/binary", "application/x-download", "application/unknown"}
)
SIGNATURES: Final = {
    "application/pkcs7-signature": phrase("An S/MIME signature; it is not checked"),
    "application/x-pkcs7-signature": phrase("An S/MIME signature; it is not checked"),
    "application/pgp-signature": phrase("A PGP signature; it is not checked"),
}
ENCRYPTED_SMIME: Final = phrase("Encrypted with S/MIME: only the recipient's own mail program can open it")
ENCRYPTED_PGP: Final = phrase("Encrypted with PGP: only the recipient's own mail program can open it")
SIGNED: Final = phrase("Signed with S/MIME; the signature is not checked")
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
DATA: Final = bytes.fromhex("06092a864886f70d010701")
ENVELOPED: Final = bytes.fromhex("06092a864886f70d010703")
SEALED: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
SEAL: Final = "-----BEGIN PGP SIGNATURE-----"
SEARCHED: Final = 4096
CHUNKS: Final = 100_000


def note_on(part: Part) -> str:
    """What to say of a part that is a seal; empty for others."""
    if is_smime(part):
        return SIGNED if is_signed(part) else ENCRYPTED_SMIME
    if part.mime in SIGNATURES:
        return SIGNATURES[part.mime]
    if part.mime in UNTYPED and part.within == "signed" and part.name.lower().endswith(".p7s"):
        return SIGNATURES["application/pkcs7-signature"]
    if part.mime == "application/pgp-encrypted" or part.within == "encrypted":
        return ENCRYPTED_PGP
    if part.mime == "application/octet-stream" and part.name.lower().endswith((".asc", ".pgp", ".gpg")):
        return ENCRYPTED_PGP if b"-----BEGIN PGP MESSAGE-----" in part.content()[:SEARCHED] else ""
    return ""


def unsealed(text: str) -> str:
    """The words of a text that is signed in place (RFC 9580, 7); its seal stands below them as a signature does."""
    before, _, rest = text.partition(SEALED)
    head, _, signed = rest.partition("\n\n")
    words, mark, seal = signed.partition(SEAL)
    if not mark or len(head) > SEARCHED:
        return text
    lines = [line.removeprefix("- ") for line in words.rstrip("\n").split("\n")]
    return "\n".join([before.strip(), *lines, "-- ", mark + seal]).lstrip("\n")


def is_smime(part: Part) -> bool:
    """By its type, or by its name where a relay took the type away."""
    if part.mime in SMIME:
        return True
    return (
        part.mime in UNTYPED
        and part.name.lower().endswith((".p7m", ".p7z"))
        and part.content()[:1] == b"\x30"
    )


def is_signed(part: Part) -> bool:
    """S/MIME that signs without encrypting, by its own label or by its first bytes."""
    label = content_type(part.headers)[1].get("smime-type", "").lower()
    return label == "signed-data" or (not label and SIGNED_DATA in part.content()[:SEARCHED])


def signed_content(data: bytes) -> bytes:
    """The mail inside opaque signed data (CMS, RFC 5652): DER, or BER in chunks. Empty when there is none to be found."""
    at = data.find(DATA, 0, SEARCHED)
    if at < 0 or SIGNED_DATA not in data[:SEARCHED] or ENVELOPED in data[:32]:
        return b""
    tag, _, at = _head(data, at + len(DATA))
    if tag != 0xA0:
        return b""
    return _octets(data, at)


def _octets(data: bytes, at: int) -> bytes:
    tag, size, at = _head(data, at)
    if tag == 0x04:
        return data[at : at + size] if size >= 0 else b""
    if tag != 0x24:
        return b""
    end = len(data) if size < 0 else min(len(data), at + size)
    chunks: list[bytes] = []
    while at < end and len(chunks) < CHUNKS:
        tag, size, at = _head(data, at)
        if tag != 0x04 or size < 0:
            break
        chunks.append(data[at : at + size])
        at += size
    return b"".join(chunks)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, length (-1: until its end mark) and where the value begins; tag 0 past the end."""
    if at + 2 > len(data):
        return 0, 0, len(data)
    tag, first = data[at], data[at + 1]
    if first < 0x80:
        return tag, first, at + 2
    if first == 0x80:
        return tag, -1, at + 2
    count = first & 0x7F
    return tag, int.from_bytes(data[at + 2 : at + 2 + min(count, 8)]), at + 2 + count
