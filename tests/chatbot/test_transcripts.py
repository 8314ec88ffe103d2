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


def test_there_are_transcripts_in_three_languages() -> None:
    assert {path.stem.split("_")[0] for path in TRANSCRIPTS} == {"english", "khmer", "russian"}


def test_every_starter_text_is_in_three_languages() -> None:
    """What customers read; reasons and titles are for managers and stand in one language."""
    from chatbot.rules import AskStep, SayStep

    for rule in chatbot.starter_rules().rules:
        for name, step in rule.steps:
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
                assert text is not None, (rule.id, name)
                assert set(text.pieces) == {"en", "km", "ru"}, (rule.id, name)


@pytest.mark.parametrize("script", ["hello", "@ colour: red", "@ buttons: maybe", "@ now: yesterday"])
def test_a_bad_line_is_named(script: str) -> None:
    with pytest.raises(TranscriptInvalid, match="Line 2"):
        play(chatbot.starter_rules(), f"# first\n{script}\n")


def test_the_transcript_of_the_readme_is_true() -> None:
    readme = Path(chatbot.__file__).with_name("README.md").read_text(encoding="utf-8")
    rules = chatbot.load(readme.split("```yaml\n")[1].split("```")[0], source="README.md")
    script = next(part for part in readme.split("```\n") if part.startswith("@ "))
    assert play(rules, script) == script
