"""The texts that the chat's scripts say; the page hands them over in the visitor's language."""

from __future__ import annotations

SAID_BY_SCRIPTS = (
    "Today",
    "Yesterday",
    "Sending…",
    "Sent",
    "Read",
    "Not sent. Tap to try again.",
    "No connection. Your message goes out as soon as it is back.",
    "{name} is typing…",
    "Assistant",
    "You",
    "Support",
    "New message from {name}",
    "Download {name}",
    "Remove {name}",
    "Please write a message.",
    "Please attach at most {n} files.",
    "Each file may have {n} MB at most.",
    "Thank you. We will answer to {address}.",
    "Thank you. We will get back to you.",
    "We are closed now. We are back on {time}.",
    "We are closed now. Leave a message and we will get back to you.",
    "It could not be sent. Check your connection and try again.",
    "This chat is for signed-in visitors.",
    "The chat is not available at the moment.",
    "Sound on",
    "Sound off",
)
