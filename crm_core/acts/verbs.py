"""Every verb on records that people have, and what its undo is. `docs/undo.md` shows this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from values.sentences import phrase

How = Literal["back", "inverse", "bin", "none"]
"""`back`: each field that nobody changed since gets its value of before. `inverse`: another verb takes it back. `bin`: what was
made goes to the bin, unless something hangs on it. `none`: it cannot be taken back, and the page says so before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What people call it, how it is undone, and what they are to know of that."""

    title: str
    how: How
    undo: str


BACK = phrase("Each field gets the value of before, unless somebody has changed it since.")
BIN = phrase("It goes to the bin, unless something was added to it since.")

VERBS: Mapping[str, Verb] = {
    "contact.create": Verb(title=phrase("Contact created"), how="bin", undo=BIN),
    "contact.update": Verb(title=phrase("Contact changed"), how="back", undo=BACK),
    "contact.add_handle": Verb(
        title=phrase("Address added"),
        how="back",
        undo=phrase("The address is removed, unless somebody has written from it since."),
    ),
    "contact.remove_handle": Verb(
        title=phrase("Address removed"), how="back", undo=phrase("The address is there again.")
    ),
    "contact.merge": Verb(
        title=phrase("Contacts merged"),
        how="inverse",
        undo=phrase("They are two contacts again, each with what belongs to it."),
    ),
    "contact.unmerge": Verb(
        title=phrase("Merge undone"), how="inverse", undo=phrase("They are one contact again.")
    ),
    "contact.split": Verb(
        title=phrase("Contact of their own"), how="none", undo=phrase("The two can be merged by hand.")
    ),
    "contact.decline": Verb(
        title=phrase("Suggestion declined"),
        how="none",
        undo=phrase("The two are not suggested again; they can be merged by hand."),
    ),
    "contact.delete": Verb(
        title=phrase("Contact moved to the bin"),
        how="inverse",
        undo=phrase("It is restored from the bin, within 30 days."),
    ),
    "contact.restore": Verb(
        title=phrase("Contact restored from the bin"), how="inverse", undo=phrase("It goes to the bin again.")
    ),
    "company.create": Verb(title=phrase("Company created"), how="bin", undo=BIN),
    "company.update": Verb(title=phrase("Company changed"), how="back", undo=BACK),
    "company.delete": Verb(
        title=phrase("Company moved to the bin"),
        how="inverse",
        undo=phrase("It is restored from the bin, within 30 days."),
    ),
    "company.restore": Verb(
        title=phrase("Company restored from the bin"), how="inverse", undo=phrase("It goes to the bin again.")
    ),
    "lead.assign": Verb(title=phrase("Request assigned"), how="back", undo=BACK),
    "lead.update": Verb(title=phrase("Request changed"), how="back", undo=BACK),
    "lead.decline": Verb(title=phrase("Request declined"), how="back", undo=BACK),
    "lead.reopen": Verb(title=phrase("Request reopened"), how="back", undo=BACK),
    "lead.qualify": Verb(
        title=phrase("Request became a deal"),
        how="bin",
        undo=phrase(
            "The deal goes to the bin and the request is open again, while nobody has worked on the deal."
        ),
    ),
    "lead.delete": Verb(
        title=phrase("Request moved to the bin"),
        how="inverse",
        undo=phrase("It is restored from the bin, within 30 days."),
    ),
    "lead.restore": Verb(
        title=phrase("Request restored from the bin"), how="inverse", undo=phrase("It goes to the bin again.")
    ),
    "deal.create": Verb(title=phrase("Deal opened"), how="bin", undo=BIN),
    "deal.update": Verb(title=phrase("Deal changed"), how="back", undo=BACK),
    "deal.move": Verb(title=phrase("Deal moved"), how="back", undo=BACK),
    "deal.delete": Verb(
        title=phrase("Deal moved to the bin"),
        how="inverse",
        undo=phrase("It is restored from the bin, within 30 days."),
    ),
    "deal.restore": Verb(
        title=phrase("Deal restored from the bin"), how="inverse", undo=phrase("It goes to the bin again.")
    ),
    "task.create": Verb(title=phrase("Task created"), how="bin", undo=BIN),
    "task.update": Verb(title=phrase("Task changed"), how="back", undo=BACK),
    "task.done": Verb(title=phrase("Task done"), how="back", undo=BACK),
    "task.reopen": Verb(title=phrase("Task reopened"), how="back", undo=BACK),
    "task.delete": Verb(
        title=phrase("Task moved to the bin"),
        how="inverse",
        undo=phrase("It is restored from the bin, within 30 days."),
    ),
    "task.restore": Verb(
        title=phrase("Task restored from the bin"), how="inverse", undo=phrase("It goes to the bin again.")
    ),
    "note.write": Verb(
        title=phrase("Note written"), how="none", undo=phrase("A note stays in the history for good.")
    ),
    "bulk": Verb(title=phrase("Many records changed"), how="back", undo=BACK),
    "undo": Verb(title=phrase("Undone"), how="inverse", undo=phrase("What was undone stands again.")),
}
"""By the kind of the act."""


def title_of(kind: str) -> str:
    """What people call it."""
    return VERBS[kind].title if kind in VERBS else kind
