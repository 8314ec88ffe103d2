"""Read receipts (RFC 8098), and Outlook's that are not marked as reports."""

from __future__ import annotations

from typing import Final

from connectors.email.machines.look import Look

SUBJECTS: Final = (
    "read:",
    "not read:",
    "прочтено:",
    "прочитано:",
    "gelesen:",
    "lu :",
    "lu:",
    "leído:",
    "letto:",
    "lida:",
)


def asks(look: Look) -> bool:
    if look.report == "disposition-notification" or look.has_part("message/disposition-notification"):
        return True
    is_report = look.value("x-ms-exchange-generated-message-source") != "" or look.envelope == ""
    return is_report and look.subject.lower().startswith(SUBJECTS)
