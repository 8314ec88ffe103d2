"""Conditions of a rule in plain words, from their values as they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatbot.reading.reader import FALSE, TRUE
from values.sentences import Sentence, phrase


def _in_hours(value: str) -> Sentence:
    if value in TRUE:
        return phrase("In working hours")
    if value in FALSE:
        return phrase("Out of working hours")
    if value.startswith("not "):
        return phrase("Out of the hours “{name}”", name=value.removeprefix("not "))
    return phrase("In the hours “{name}”", name=value)


CONDITIONS: Mapping[str, Callable[[str], Sentence]] = {
    "first_contact": lambda value: (
        phrase("With the first message of a conversation")
        if value in TRUE
        else phrase("Not with the first message of a conversation")
    ),
    "returning": lambda value: (
        phrase("When somebody comes back")
        if value in TRUE
        else phrase("When somebody is here for the first time")
    ),
    "knows": lambda value: phrase("When these are known: {value}", value=value),
    "lacks": lambda value: phrase("When these are not known: {value}", value=value),
    "fields": lambda value: phrase("When the contact has {value}", value=value),
    "kind": lambda value: phrase("When it is of this kind: {value}", value=value),
    "channel": lambda value: phrase("On the channel {value}", value=value),
    "language": lambda value: phrase("In the language {value}", value=value),
    "in_hours": _in_hours,
    "choice": lambda value: phrase("When the button “{value}” is pressed", value=value),
    "keywords": lambda value: phrase("When one of these words is written: {value}", value=value),
    "pattern": lambda value: phrase("When the text has the form {value}", value=value),
    "examples": lambda value: phrase("When something like this is meant: {value}", value=value),
    "command": lambda value: phrase("With the command {value}", value=value),
    "tag": lambda value: phrase("When the contact has the tag {value}", value=value),
    "no_tag": lambda value: phrase("When the contact has not the tag {value}", value=value),
    "owner": lambda value: (
        phrase("When the contact is nobody's")
        if value == "none"
        else phrase("When the contact is {value}'s", value=value)
    ),
    "stage": lambda value: (
        phrase("When there is no open deal")
        if value == "none"
        else phrase("When the deal is in the stage {value}", value=value)
    ),
    "lead": lambda value: (
        phrase("When no lead is open") if value == "none" else phrase("When a lead is open")
    ),
    "deal": lambda value: phrase("When the deal has {value}", value=value),
    "page": lambda value: phrase("When it is written on the page {value}", value=value),
    "visits": lambda value: phrase("When somebody who wrote before visits the page {value}", value=value),
    "silence": lambda value: phrase("When nothing is written for {value}", value=value),
    "stage_entered": lambda value: phrase("When the deal enters the stage {value}", value=value),
    "schedule": lambda value: phrase("At these times: {value}", value=value),
}
