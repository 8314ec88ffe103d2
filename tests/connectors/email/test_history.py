"""New words apart from quoted history, in text and in HTML."""

from __future__ import annotations

import pytest

from connectors.email.quoted import replies
from connectors.email.quoted.html_text import Line, lines_of


@pytest.mark.parametrize(
    ("lines", "new", "old"),
    [
        (["Yes.", "", "-----Original Message-----", "From: a", "x"], "Yes.", "Original"),
        (["Ja.", "", "Am 3. März 2026 um 10:00 schrieb Ann <a@x.example>:", "", "alt"], "Ja.", "schrieb"),
        (
            ["Oui.", "", "Le mar. 3 mars 2026 à 10:00, Ann <a@x.example> a écrit :", "> vieux"],
            "Oui.",
            "vieux",
        ),
        (
            ["Sí.", "", "El mar, 3 mar 2026 a las 10:00, Ann (<a@x.example>) escribió:", "> viejo"],
            "Sí.",
            "viejo",
        ),
        (
            ["Sì.", "", "Il giorno mar 3 mar 2026 alle ore 10:00 Ann <a@x.example> ha scritto:", "> vecchio"],
            "Sì.",
            "vecchio",
        ),
        (["Так.", "", "вт, 3 бер. 2026 р. о 10:00 Ann <a@x.example> пише:", "> старе"], "Так.", "старе"),
        (["Да.", "", '03.03.2026, 10:00, "Ann" <a@x.example>:', "> старое"], "Да.", "старое"),
        (
            [
                "Да.",
                "",
                "От: Ann <a@x.example>",
                "Отправлено: 3 марта 2026 г. 10:00",
                "Кому: b",
                "Тема: т",
                "",
                "old",
            ],
            "Да.",
            "old",
        ),
        (
            ["Ok", "", "On Tue, Mar 3, 2026 at 10:00 AM Ann Lee", "<a@x.example> wrote:", "", "> old"],
            "Ok",
            "old",
        ),
        (["Fine", "", "Sent from my iPhone"], "Fine", "iPhone"),
        (
            [
                "FYI",
                "",
                "---------- Forwarded message ---------",
                "From: B <b@x.example>",
                "Date: x",
                "Subject: y",
                "",
                "news",
            ],
            "news",
            "",
        ),
        (["> only a quote"], "> only a quote", ""),
        (["In 2026 he wrote:", "", "Dear all"], "In 2026 he wrote:", ""),
    ],
)
def test_new_words_and_history(lines: list[str], new: str, old: str) -> None:
    text, history = replies.split(replies.plain_lines("\n".join(lines)))
    assert new in text
    assert (old in history) if old else not history
    assert not old or old not in text


def test_html_says_what_is_history() -> None:
    html = (
        "<div>Agreed.</div><div>Send it.</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>"
        "<b>From:</b> Shop<br><b>Sent:</b> Monday</div><div>Our old words</div>"
    )
    lines = lines_of(html)
    assert replies.split(lines) == ("Agreed.\nSend it.", replies.split(lines)[1])
    assert "Our old words" in replies.split(lines)[1]
    assert replies.split([Line(text="a"), Line(text="b", quoted=True)]) == ("a", "> b")
