"""What is new in a mail: programs and languages as a table, and what must not be cut."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reply_set import DISCLAIMER, GMAIL, MOBILE, Reply, cases
from connectors.email.quoted.html_text import Line, lines_of
from connectors.email.quoted.replies import plain_lines, split


def read(reply: Reply) -> tuple[str, str]:
    return split(plain_lines(reply.text) if reply.form == "text" else lines_of(reply.text))


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("reply", cases(), ids=lambda reply: reply.name)
def test_what_is_new_is_told_from_what_is_not(reply: Reply) -> None:
    new, rest = read(reply)
    assert words(new) == words(reply.new)
    assert rest


@pytest.mark.parametrize(
    "text",
    [
        "Samsung phones?\n\nDo you sell them?\nSamsung",
        "Please keep our talk confidential, my boss must not know of it before the contract has been signed by us both.",
        "On Monday 2 November 2026 we open:\nBo brings the keys.",
        "Prices of 2026:\n12 chairs, 480",
        "From: Moscow\nTo: Kazan\nDate: 5 May\n20 tonnes",
        "No: 17\nDate: 26.11.2026 10:30\nSubject: delivery\nTo: Kandal\n20 tonnes",
        "I sent it from my phone.\n\nSent from my phone it looked odd.\n\nSo here it is again.",
        "a\n\n__\nThe list of what we need: chairs.",
        "Twelve chairs, please.\n\nKind regards,\nBo",
        "Regards\n\nto all of you, and twelve chairs.\nAlso two tables;\nwhen?",
        "We wrote:\n\nnothing since 2026.",
    ],
)
def test_words_of_the_writer_are_kept(text: str) -> None:
    assert split(plain_lines(text)) == (text, "")


def test_answers_between_quotations_stay_with_them() -> None:
    text = f"{GMAIL['de']}\n> Twelve?\n\nYes.\n\n> When?\n\nMonday.\n\n-- \nBo\nDirector"
    new, rest = split(plain_lines(text))
    assert new == "> Twelve?\n\nYes.\n\n> When?\n\nMonday."
    assert "Director" in rest


def test_footers_of_lists_are_folded() -> None:
    for footer in (
        "_______\nchairs mailing list\nchairs@example.org",
        "-- \nYou received this message because you are subscribed",
    ):
        assert split(plain_lines(f"Twelve chairs.\n\n{footer}\n"))[0] == "Twelve chairs."


@pytest.mark.parametrize(
    "closing", ["Kind regards,", "С уважением,", "Mit freundlichen Grüßen", "Cordialement,", "Trân trọng,"]
)
def test_a_closing_with_a_signature_is_folded(closing: str) -> None:
    new, rest = split(plain_lines(f"Twelve chairs.\n\n{closing}\n\nBo Person\nDirector\n+855 12 345 678\n"))
    assert new == "Twelve chairs."
    assert "+855 12 345 678" in rest


def test_a_wrapped_quotation_goes_with_the_rest_of_it() -> None:
    long = "> a line of the earlier mail that another program has broken in two because it was too"
    new, _ = split(plain_lines(f"Yes.\n\n{GMAIL['en']}\n{long}\nlong for it\n> and on it goes\n"))
    assert new == "Yes."


PIECES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                *GMAIL.values(),
                *MOBILE.values(),
                *DISCLAIMER.values(),
                "> old",
                "-- ",
                "___",
                "",
                "From: a@b.c",
            ]
        ),
    ),
    max_size=30,
)


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_every_word_is_in_one_of_the_two(pieces: list[str]) -> None:
    lines = plain_lines("\n".join(pieces))
    new, rest = split(lines)
    both = words(new) + words(rest)
    for line in lines:
        assert all(word in both for word in line.text.split())
    if any(line.text.strip() for line in lines):
        assert new


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee",
        "<a@b.cd>",
        "2 " * 190,
        "--",
        "Confidential " * 50,
        "_" * 399,
        "> a",
        "From: a@b.c",
        "> " + "<" * 390 + "x",
    ],
)
def test_time_is_linear_in_the_text(line: str) -> None:
    began = time.process_time()
    split([Line(text=line)] * 20_000)
    plain_lines("\n".join([line] * 1_000))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (
            (
                "Danke, das passt mir gut.\n\nShop Team <hub@shop.example> schrieb am Do., 26. Nov. 2026\num 12:52 Uhr:\n\n"
                "> Guten Tag,\n>\n> passt Ihnen der Montag?\n"
            ),
            "Danke, das passt mir gut.",
        ),
        (
            "Fine.\n\nShop Team <hub@shop.example> wrote on Thu, Nov 26, 2026\nat 12:52:\n\n> Monday?\n",
            "Fine.",
        ),
        (
            "Добре.\n\nМагазин <hub@shop.example> написал в чт, 26 нояб. 2026 г.\nв 12:52:\n\n> Понедельник?\n",
            "Добре.",
        ),
        (
            (
                "Monday is fine.\n\nOn Thu, Nov 26, 2026 at 10:07 AM Shop Team\n\n<\nmailto:Shop Team <hub@shop.example>"
                "\n> wrote:\n\nDoes Monday suit you?\n"
            ),
            "Monday is fine.",
        ),
        (
            "Lundi, oui.\n\nLe jeu. 26 nov. 2026 à 10:07, Shop Team\n\n<mailto:hub@shop.example>\n\na écrit :\n\nLundi ?\n",
            "Lundi, oui.",
        ),
    ],
)
def test_attributions_over_lines_and_in_pieces(text: str, new: str) -> None:
    assert split(plain_lines(text))[0] == new


@pytest.mark.parametrize(
    ("words", "attribution"),
    [
        (
            "I like the second lamp best but cannot say when I have time\nto come and look at it. I will call you next week...",
            'Op 26 nov. 2026 05:13 schreef "Shop Team" <hub@shop.example> het\nvolgende geschreven:',
        ),
        (
            "I was there\non Monday and saw the lamps.",
            "On Thu, 26 Nov 2026 at 10:07, Shop <hub@shop.example> wrote:",
        ),
        ("Ich komme\nam 5. Mai, wenn es passt.", "Am 26.11.2026 um 12:46 schrieb Shop <hub@shop.example>:"),
        ("Send it\nto my office please!", "Shop Team <hub@shop.example> schrieb am 26.11.2026\num 12:52:"),
        (
            "On 5 May 2026 I will call you.",
            "On Thu, 26 Nov 2026 at 10:07 AM, Shop Team\n<hub@shop.example> wrote:",
        ),
        ("Le 5 mai, oui.\nLa lampe bleue.", "Le 26/11/2026 12:46, Shop <hub@shop.example> a écrit :"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_lines_that_begin_like_an_attribution_are_words(words: str, attribution: str, between: str) -> None:
    assert split(plain_lines(f"{words}{between}{attribution}\n\n> Which lamp?\n"))[0] == words


@pytest.mark.parametrize(
    ("words", "attribution"),
    [
        ("And two bulbs", " --- On Thu, Nov 26, 2026 at 3:59 PM, hub@shop.example wrote:"),
        ("And two bulbs", "--- On Thu, Nov 26, 2026 at 3:59 PM, hub@shop.example wrote:"),
        ("And two bulbs.", " On Thu, Nov 26, 2026 at 3:59 PM Shop Team <hub@shop.example> wrote:"),
        ("And two bulbs", " On Thu, Nov 26, 2026 at 3:59 PM Shop Team\n<hub@shop.example> wrote:"),
        ("Und zwei Birnen!", " Am 26.11.2026 um 12:46 schrieb Shop <hub@shop.example>:"),
        ("И две лампочки.", " 26.11.2026, 12:46, Shop <hub@shop.example> пишет:"),
        ("Et deux ampoules", " — Le 26/11/2026 12:46, Shop <hub@shop.example> a écrit :"),
        ("Y dos bombillas", " ---- El jue, 26 nov 2026 12:46:00 +0100 Shop <hub@shop.example> escribió ----"),
    ],
)
def test_words_on_the_line_of_an_attribution_are_kept(words: str, attribution: str) -> None:
    new, rest = split(plain_lines(f"The second one, please.\n{words}{attribution}\n> Which lamp?\n"))
    assert new == f"The second one, please.\n{words}"
    assert "hub@shop.example" in rest
