"""What is folded in a reply beside quotations: rules, footers, lines of devices, warnings."""

from __future__ import annotations

import pytest

from benchmarks.reply_set import GMAIL
from connectors.email.quoted.html_text import lines_of
from connectors.email.quoted.replies import plain_lines, split


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
