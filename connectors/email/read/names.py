"""Names for the files of a mail: the given one without any path, or one that says what is inside and opens as that. Pure."""

from __future__ import annotations

import mimetypes
import re
from typing import Final

from connectors.email.read.mime import Part, split_head

INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
NOT_IN_NAMES: Final = re.compile(r"[\\/:*?\"<>|]+")
# fmt: off
ENDINGS: Final = {
    "text/calendar": ".ics", "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/vcard": ".vcf",
    "text/x-vcard": ".vcf", "text/directory": ".vcf", "text/rtf": ".rtf", "application/rtf": ".rtf", "text/xml": ".xml",
    "application/xml": ".xml", "application/json": ".json", "application/pdf": ".pdf", "application/x-pdf": ".pdf",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip", "application/x-zip": ".zip",
    "application/x-rar": ".rar", "application/x-rar-compressed": ".rar", "application/vnd.rar": ".rar",
    "application/x-7z-compressed": ".7z", "application/gzip": ".gz", "application/x-gzip": ".gz",
    "application/msword": ".doc", "application/vnd.ms-word": ".doc", "application/vnd.ms-excel": ".xls",
    "application/msexcel": ".xls", "application/x-msexcel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
    "application/mspowerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt", "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/pgp-signature": ".asc", "application/pgp-encrypted": ".asc", "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m", "application/ics": ".ics", "application/ms-tnef": ".dat", "image/jpeg": ".jpg",
    "image/jpg": ".jpg", "image/pjpeg": ".jpg", "image/jpe": ".jpg", "image/jfif": ".jpg", "image/png": ".png",
    "image/x-png": ".png", "image/apng": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
    "image/heif": ".heif", "image/bmp": ".bmp", "image/x-bmp": ".bmp", "image/x-ms-bmp": ".bmp", "image/tiff": ".tiff",
    "image/tif": ".tiff", "image/svg+xml": ".svg", "image/x-icon": ".ico", "image/vnd.microsoft.icon": ".ico",
    "image/avif": ".avif", "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/x-mp3": ".mp3", "audio/mpeg3": ".mp3",
    "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/wave": ".wav", "audio/vnd.wave": ".wav", "audio/ogg": ".ogg",
    "audio/opus": ".opus", "audio/amr": ".amr", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/m4a": ".m4a",
    "audio/aac": ".aac", "audio/3gpp": ".3gp", "audio/webm": ".webm", "video/mp4": ".mp4", "video/mpeg": ".mpg",
    "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/webm": ".webm", "video/x-msvideo": ".avi",
    "video/avi": ".avi", "video/x-ms-wmv": ".wmv", "video/x-matroska": ".mkv",
}
"""By type, with the misspelt ones; the system's own table differs from machine to machine."""
NAMED: Final = {
    "message/delivery-status": "delivery-status.txt", "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/global-disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt", "text/rfc822-headers": "headers.txt",
    "message/global-headers": "headers.txt",
}
"""Reports are text, whatever their type says."""
BEGINNINGS: Final = (
    (b"%PDF-", ".pdf"), (b"\x89PNG\r\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"PK\x03\x04", ".zip"),
    (b"BM", ".bmp"), (b"ID3", ".mp3"), (b"OggS", ".ogg"), (b"#!AMR", ".amr"), (b"{\\rtf", ".rtf"), (b"BEGIN:VCARD", ".vcf"),
    (b"BEGIN:VCALENDAR", ".ics"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
)
# fmt: on
"""How files begin that came without a type."""
UNTYPED: Final = frozenset({"application/octet-stream", "application/binary", "application/unknown"})


def file_name(part: Part, data: bytes, number: int) -> str:
    """What the file is called on the pages; `number` is the part's in the mail, `data` its decoded content."""
    name = _without_path(INVISIBLE.sub("", part.name))
    if name:
        return name[-200:]
    if part.mime in {"message/rfc822", "message/global"}:
        subject = " ".join(NOT_IN_NAMES.sub(" ", split_head(data.lstrip())[0].text("subject")).split())
        return f"{subject[:80].strip(' .') or 'message'}.eml"
    if part.mime in NAMED:
        return NAMED[part.mime]
    kind = "image" if part.mime.startswith("image/") else "part"
    return f"{kind}-{number}{_ending(part.mime, data)}"


def _without_path(name: str) -> str:
    """The last piece of it, of whatever system the path is; a mere `..` is no name."""
    name = name.replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    return name.strip(" .") if set(name) - set(". ") else ""


def _ending(mime: str, data: bytes) -> str:
    if mime in UNTYPED:
        return next((ending for start, ending in BEGINNINGS if data.startswith(start)), ".bin")
    return ENDINGS.get(mime) or mimetypes.guess_extension(mime) or ".bin"
