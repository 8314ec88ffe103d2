"""What is new in a mail: programs and languages as a table, and what must not be cut."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reply_set import DISCLAIMER, GMAIL, MOBILE, Reply, cases
from connectors.email.html_text import Line, lines_of
from connectors.email.replies import plain_lines, split


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


@pytest.mark.parametrize(
    "line",
    [
        "2026/11/26 Shop Team via Shop <hub@shop.example>",
        "On Thu, Nov 26, 2026 at 3:59 PM Shop <hub@shop.example> wrote:",
        "Am 26.11.2026 schrieb Shop:",
    ],
)
@pytest.mark.parametrize("bar", ["|", "│", "»"])
def test_bars_below_an_attribution_mark_a_quotation(line: str, bar: str) -> None:
    quoted = "\n".join(f"{bar} {text}".rstrip() for text in ("Shop wrote:", "-----", "", "Which lamp?"))
    assert (
        split(plain_lines(f"The blue one, please.\n\n\n{line}\n\n{quoted}\n"))[0] == "The blue one, please."
    )


def test_a_table_is_none() -> None:
    text = "Our order of 26.11.2026:\n\n| lamp | 2 |\n| bulb | 4 |\n\nThank you."
    assert split(plain_lines(text)) == (text, "")


@pytest.mark.parametrize(
    "rule",
    [
        "*-------- Original Message --------*",
        "*_____ Original Message _____*",
        "[Original Message]",
        "**-----Ursprüngliche Nachricht-----**",
        "━━━ Исходное сообщение ━━━",
        "--- Reply above this line ---",
    ],
)
def test_rules_with_words_head_what_was_written_before(rule: str) -> None:
    assert (
        split(plain_lines(f"The blue one, please.\n\n{rule}\n\nWhich lamp?\n"))[0] == "The blue one, please."
    )


def test_a_quotation_above_a_footer_goes_with_it() -> None:
    footer = "__\nlamps mailing list\nlamps@lists.example\nhttp://lists.example/listinfo/lamps"
    words = "The blue one, please.\n> Which lamp?\nAnd two bulbs with it."
    for quoted in (
        "> Which size?\n>\n> Shop",
        f"{GMAIL['en']}\n> Which size?",
        "> Which\n> size?\n\n>> and when",
    ):
        new, rest = split(plain_lines(f"{words}\n{quoted}\n\n\n{footer}\n"))
        assert new == words
        assert "listinfo" in rest


@pytest.mark.parametrize(
    "line",
    [
        "(sent from a phone)",
        "從我的 iPhone 傳送",
        "从我的 Android 手机发送",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
        "Get [Outlook for Android](https://aka.ms/xyz)",
        "Get Outlook for iOS<https://aka.ms/xyz>",
        "This message was sent from my mobile phone",
        "Ce message a été envoyé depuis mon téléphone",
        "私のiPhoneから送信",
        "Odoslané z iPhonu",
        "Trimis de pe iPhone-ul meu",
        "Στάλθηκε από το iPhone μου",
        "Изпратено от моя телефон",
        "ส่งจาก iPhone ของฉัน",
        "Dikirim dari iPhone saya",
        "Typed on my phone, excuse typos",
        "*Sent from my Galaxy*",
        "\u1427",
        "\u200b\ufeff",
    ],
)
def test_lines_of_devices_and_trackers_are_folded(line: str) -> None:
    words = "Could you send me the price list please?\nAll of it."
    assert split(plain_lines(f"{words}\n\n{line}\n"))[0] == words


@pytest.mark.parametrize(
    "header",
    [
        "<b>From: hub@shop.example</b> <b>Date: Thu, 26 Nov 2026 08:07:12 +0000</b>",
        "Von: Shop &lt;hub@shop.example&gt; Gesendet: Donnerstag, 26. November 2026 08:07 An: Ann",
        "От: hub@shop.example Дата: 26.11.2026 08:07 Тема: Лампа",
    ],
)
def test_a_header_on_one_line_heads_history(header: str) -> None:
    page = f"Reply of the customer.\n<div><hr/><div><font>{header}</font></div><div>Which lamp do you like?</div></div>"
    assert split(lines_of(page))[0] == "Reply of the customer."


CAUTION = (
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you "
    "recognize the sender and know the content is safe."
)
BANNERS = [
    CAUTION,
    "[EXTERNAL]",
    "*** External Email ***",
    "You don't often get email from sue@park.example. Learn why this is important",
    "ACHTUNG: Diese E-Mail stammt von außerhalb der Organisation. Klicken Sie nicht auf Links.",
    "Attention : ce courriel externe provient de l’extérieur. Ne cliquez pas sur les liens.",
    "ВНИМАНИЕ: это письмо получено от внешнего отправителя. Не переходите по ссылкам.",
    "Let op: externe afzender",
    "Caution: This is an external email. Please take care when clicking links. When in doubt, contact your IT Department",
    "This email is from an unusual correspondent. Make sure this is someone you trust.",
    "【注意】このメールは社外からのメールです。",
    "CAUTION: External sender.\nDo not open attachments unless you expect them.",
    "WARNING\nThis message came from outside your organization and may be\nunsafe, so be careful with it.",
]


@pytest.mark.parametrize("banner", BANNERS)
@pytest.mark.parametrize("between", ["\n\n", "\n\n\n"])
def test_warnings_of_the_receiving_server_are_folded(banner: str, between: str) -> None:
    words = "We take the second offer.\n\nSee the links in the attachment."
    new, rest = split(plain_lines(f"{banner}{between}{words}\n"))
    assert new == words
    assert banner.split("\n", maxsplit=1)[0] in rest


def test_a_warning_is_told_from_words_on_its_line_and_below() -> None:
    warning = BANNERS[0]
    for between in (" ", "\n"):
        assert split(plain_lines(f"{warning}{between}We take the second offer, thank you.\n"))[0] == (
            "We take the second offer, thank you."
        )
    table = f"<table><tr><td>{warning}</td></tr></table><br><div>We take the second offer.</div>"
    assert split(lines_of(table))[0] == "We take the second offer."


@pytest.mark.parametrize(
    "text",
    [
        "Do you have an external email address?",
        "Your mail has a warning: external sender. Can you mend that?",
        "Attention: the lamps are for outside use, so please be careful.",
        "Warning: the second lamp is broken.\nDo not click on me.",
    ],
)
def test_words_about_warnings_are_words(text: str) -> None:
    assert split(plain_lines(text)) == (text, "")


def test_a_mere_warning_is_shown() -> None:
    assert split(plain_lines(BANNERS[0])) == (BANNERS[0], "")
