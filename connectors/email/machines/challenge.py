"""Challenge-response: a gatekeeper asks the sender to prove that he is a person. Never answered by itself."""

from __future__ import annotations

from typing import Final

from connectors.email.machines.look import Look

HEADERS: Final = (
    "x-boxbe-challenge",
    "x-spamarrest-challenge",
    "x-choicemail-registration",
    "x-tmda-confirm",
    "x-asvc-challenge",
)
LOCALS: Final = ("confirm-", "verify-sender", "challenge-", "spamarrest", "boxbe")
PHRASES: Final = (
    *(
        "please confirm your message",
        "please verify your email to",
        "sender verification required",
        "[spamarrest]",
    ),
    *(
        "your message is waiting for approval",
        "confirm you are not a spammer",
        "verification of your mail to",
    ),
    *("подтвердите отправку письма", "подтвердите, что вы не робот", "bitte bestätigen sie ihre e-mail"),
    *("please authenticate yourself", "message quarantined: action required by sender"),
)


def asks(look: Look) -> bool:
    if any(name in look.headers for name in HEADERS):
        return True
    subject = look.subject.lower()
    is_keeper = look.local.startswith(LOCALS) or "auto-submitted" in look.headers or look.envelope == ""
    return is_keeper and any(phrase in subject for phrase in PHRASES)
