"""Why requests are declined and deals are lost: what one chooses from, told in each reader's language; own words stay."""

from __future__ import annotations

from collections.abc import Sequence

from hub.wording.i18n import gettext
from values.sentences import Sentence, phrase

DECLINED = (phrase("Spam"), phrase("Wrong number"), phrase("Not relevant"), phrase("Duplicate"))
LOST = (
    phrase("Too expensive"),
    phrase("Chose somebody else"),
    phrase("No answer any more"),
    phrase("Not needed any more"),
    phrase("We cannot do it"),
)


def chosen(typed: str, reasons: Sequence[Sentence]) -> str:
    """The reason that was chosen in the language in force, or the words as they were typed."""
    wanted = typed.strip().casefold()
    return next((each for each in reasons if wanted == gettext(each).casefold()), typed)
