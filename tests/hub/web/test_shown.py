"""What is kept in English and shown in the reader's language: spans, previews, histories, reasons of the bot."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_core.activity.model import Entry
from crm_core.contacts.identity.store import same
from hub.web import formats
from hub.web.histories import history
from hub.web.previews import Preview, preview
from hub.wording import starters
from hub.wording.catalogs import LANGUAGES, TRANSLATED
from hub.wording.i18n import gettext, locale_context, use_locale
from inbox.calls.fold import Call
from inbox.calls.wording import sentence as call_sentence
from values.kept import kept, read_kept
from values.sentences import SLOT, Sentence, phrase

CALL = Call(
    state="ended",
    outcome="missed",
    outbound=False,
    number="",
    user="",
    started_at=datetime(2026, 11, 29, tzinfo=UTC),
    answered_at=None,
    ended_at=None,
    duration=65,
    recording_url="",
)
AT = datetime(2026, 11, 29, 10, 4, 20, tzinfo=UTC)


@pytest.mark.parametrize("language", [*LANGUAGES, "de"])
@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 61, 3599, 3600, 86399, 86400, 40 * 86400])
def test_spans_are_words(language: str, seconds: int) -> None:
    with use_locale(locale_context(language)):
        for said in (formats.span(timedelta(seconds=seconds)), formats.seconds(seconds)):
            assert "duration" not in said
            assert said.strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 999, 1000, 123456, 10**7, 10**10, 10**14])
def test_sizes_are_words(language: str, count: int) -> None:
    with use_locale(locale_context(language)):
        assert "digital" not in formats.size(count)


def test_spans_are_short_where_the_language_has_short_words() -> None:
    for language, said in (("en", "5m"), ("ru", "5 мин"), ("km", "5 នាទី")):
        with use_locale(locale_context(language)):
            assert formats.span(timedelta(minutes=5)).replace("\xa0", " ").rstrip(".") == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["day", "hour", "minute"])
def test_a_browser_that_does_not_know_the_language_is_told_how_spans_are_said(
    language: str, unit: str
) -> None:
    with use_locale(locale_context(language)):
        pattern = formats.span_pattern(unit)
        assert pattern.count("{n}") == 1
        assert pattern.replace("{n}", "5") == formats.span(timedelta(**{f"{unit}s": 5}))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("outcome", ["missed", "busy", "failed", "voicemail", "unknown", "answered"])
@pytest.mark.parametrize("state", ["ringing", "answered", "ended"])
@pytest.mark.parametrize("outbound", [True, False])
def test_calls_in_the_list_are_said_in_the_readers_language(
    language: str, outcome: str, state: str, outbound: bool
) -> None:
    call = replace(CALL, outbound=outbound, state=state, outcome=outcome)
    line = read_kept(kept(call_sentence(call), among_words=True))
    with use_locale(locale_context(language)):
        said = preview(line).text
    assert said != line
    assert not re.search("[a-z]", said), said


@pytest.mark.parametrize(
    "words",
    [
        "New",
        "Incoming call, missed",
        "Call",
        "missed",
        "Incoming call, missed you",
        "incoming call, missed",
        "Re: Incoming call, busy",
        "",
    ],
)
def test_customers_words_stay_as_they_are(words: str) -> None:
    with use_locale(locale_context("ru")):
        assert preview(words) == Preview(words)


def test_files_have_an_icon_instead_of_a_picture() -> None:
    assert preview("📎 2") == Preview("2 files", "clip")
    assert preview("📎 1") == Preview("1 file", "clip")
    assert preview("📎 a.pdf, b.jpg") == Preview("a.pdf, b.jpg", "clip")
    with use_locale(locale_context("ru")):
        assert preview("📎 5").text == "5 файлов"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "sentence",
    [
        phrase("A new request, phone {phone}", phone="+855 12 345 678"),
        phrase("A new request."),
        same("phone", "+85512345678"),
        same("email", "claire@example.test"),
        same("visitor", "Zq-19"),
        phrase("Merged by hand."),
        phrase("Assigned to {name} (round robin).", name="Анна"),
        phrase("Unassigned by hand."),
        phrase("Replied."),
    ],
)
def test_kept_sentences_are_translated_with_their_values(language: str, sentence: str) -> None:
    value = re.search(r"\+?\d[\d ]+|claire@example.test|Zq-19|Анна", sentence)
    with use_locale(locale_context(language)):
        said = gettext(read_kept(kept(sentence)))
    assert said != sentence
    assert not value or value[0] in said
    assert not re.search("[a-z]{3}", said.replace(value[0] if value else "\0", "")), said


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_bundled_rules_tell_colleagues_is_translated(language: str) -> None:
    told = list(starters.said(Path("chatbot/starter")))
    assert len(told) > 15
    for template in told:
        sentence = Sentence(template, dict.fromkeys(SLOT.findall(template), "Ω 12"))
        with use_locale(locale_context(language)):
            said = gettext(sentence)
        assert said != sentence
        assert said.count("Ω 12") == sentence.count("Ω 12"), said


def test_due_times_inside_a_sentence_begin_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "now", lambda: AT)
    with use_locale(locale_context("ru")):
        assert formats.soon(AT + timedelta(days=1)).startswith("Завтра, ")
        assert formats.by_then(AT + timedelta(days=1)).startswith("завтра, ")
        assert formats.by_then(AT + timedelta(days=3)) == formats.soon(AT + timedelta(days=3))


def test_moments_have_no_seconds() -> None:
    for language in LANGUAGES:
        with use_locale(locale_context(language)):
            assert ":20" not in formats.moment(AT)
            assert "04" in formats.moment(AT)


def entry(kind: str, *, at: datetime = AT, user_id: int | None = None, **data: object) -> Entry:
    return Entry(
        id=1,
        at=at,
        kind=kind,
        contact_id=1,
        deal_id=7,
        conversation_id=None,
        company_id=None,
        user_id=user_id,
        user_name="",
        data=data,
    )


def test_a_won_deal_is_told_once() -> None:
    told = history(
        [entry("deal.won", to=5), entry("deal.stage_changed", to=5), entry("deal.stage_changed", to=3)]
    )
    assert [(line.entry.kind, line.entry.data["to"]) for line in told.lines] == [
        ("deal.won", 5),
        ("deal.stage_changed", 3),
    ]


def test_a_minute_is_told_once_and_routine_is_folded() -> None:
    earlier = AT - timedelta(minutes=2)
    told = history(
        [
            entry("task.done", user_id=1),
            entry("deal.created", at=AT - timedelta(seconds=15), user_id=1),
            entry("deal.updated", at=AT - timedelta(seconds=15)),
            entry("conversation.assigned", at=earlier, user_id=1),
            entry("deal.created", at=earlier),
            entry("conversation.assigned", at=earlier),
            entry("conversation.opened", at=earlier),
            entry("contact.created", at=earlier),
        ]
    )
    shown = [line for line in told.lines if not line.is_routine]
    assert [line.has_time for line in shown] == [False, True, True, True]
    routine = [line for line in told.lines if line.is_routine]
    assert [line.entry.kind for line in routine] == [
        *("deal.created", "conversation.assigned", "conversation.opened", "contact.created")
    ]
    assert [line.has_time for line in routine] == [False, False, False, True]
    assert (told.folded, told.is_all_folded) == (4, False)
    assert history([entry("contact.created")]).is_all_folded
