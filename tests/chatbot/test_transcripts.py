"""Each transcript, played against the starter rules, gives back itself: the bot's words are reviewed there."""

from __future__ import annotations

from pathlib import Path

import pytest

import chatbot
from chatbot.transcript import TranscriptInvalid, play

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert play(chatbot.starter_rules(), script) == script


TRADES = sorted((Path(__file__).parent / "transcripts" / "trades").glob("*.txt"))


@pytest.mark.parametrize("path", TRADES, ids=lambda path: path.stem)
def test_transcript_of_a_trade(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert play(chatbot.starter_rules(path.stem.split(".")[0]), script) == script


def test_each_trade_has_transcripts_in_three_languages() -> None:
    spoken = {(path.stem.split(".")[0], path.stem.split(".")[1].split("_")[0]) for path in TRADES}
    assert {trade for trade, _ in spoken} == set(chatbot.STARTERS[1:])
    assert {language for _, language in spoken} == {"english", "khmer", "russian"}


def test_there_are_transcripts_in_three_languages() -> None:
    assert {path.stem.split("_")[0] for path in TRANSCRIPTS} == {"english", "khmer", "russian"}


@pytest.mark.parametrize("name", chatbot.STARTERS)
def test_every_starter_text_is_in_three_languages(name: str) -> None:
    """What customers read; reasons and titles are for managers and stand in one language."""
    from chatbot.steps.ask import AskStep
    from chatbot.steps.say import SayStep

    for rule in chatbot.starter_rules(name).rules:
        for place, step in rule.steps:
            texts = []
            if isinstance(step, SayStep):
                texts = [step.text, *(button.label for button in step.buttons)]
            elif isinstance(step, AskStep):
                texts = [
                    step.text,
                    step.invalid,
                    step.accepted,
                    step.give_up,
                    *(b.label for b in step.buttons),
                ]
            for text in texts:
                if text is None:
                    continue
                assert set(text.pieces) == {"en", "km", "ru"}, (rule.id, place)


@pytest.mark.parametrize("script", ["hello", "@ colour: red", "@ buttons: maybe", "@ now: yesterday"])
def test_a_bad_line_is_named(script: str) -> None:
    with pytest.raises(TranscriptInvalid, match="Line 2"):
        play(chatbot.starter_rules(), f"# first\n{script}\n")


def test_the_transcript_of_the_readme_is_true() -> None:
    readme = Path(chatbot.__file__).with_name("README.md").read_text(encoding="utf-8")
    rules = chatbot.load(readme.split("```yaml\n")[1].split("```")[0], source="README.md")
    script = next(part for part in readme.split("```\n") if part.startswith("@ "))
    assert play(rules, script) == script
