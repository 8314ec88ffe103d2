"""What the demo's customers do, as tables; and that a crowd of them stays within its bounds."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from hub.demo.crowd import LISTENS, Crowd
from hub.demo.customers import Disclosed, Heard, Move, Persona, after, arrival_gap, next_move, typing_time
from hub.demo.people import PEOPLE

SOKHA = Persona(
    key="s", name="S", language="en", way="telegram", phone="+85512345601", story=("one", "two"), nudge="?"
)
SHY = Persona(
    key="v",
    name="V",
    language="en",
    way="telegram",
    phone="+85512345604",
    shares_phone=False,
    story=("one", "two"),
)


@pytest.mark.parametrize(
    ("persona", "told", "heard", "move"),
    [
        (SOKHA, Disclosed(lines=1, moves=1), Heard(text="Hello!"), Move(kind="say", text="two")),
        (SOKHA, Disclosed(lines=2, moves=2), Heard(text="Bye!"), Move(kind="leave")),
        (
            SOKHA,
            Disclosed(lines=1, moves=1),
            Heard(text="x", asks_contact=True),
            Move(kind="contact", text="+85512345601"),
        ),
        (
            SOKHA,
            Disclosed(lines=1, moves=1),
            Heard(text="Ваш номер телефона?"),
            Move(kind="say", text="+85512345601"),
        ),
        (
            SOKHA,
            Disclosed(lines=1, moves=1),
            Heard(text="សូមប្រាប់លេខទូរស័ព្ទ"),
            Move(kind="say", text="+85512345601"),
        ),
        (
            SOKHA,
            Disclosed(lines=1, moves=2, gave_phone=True),
            Heard(text="phone, thanks"),
            Move(kind="say", text="two"),
        ),
        (SHY, Disclosed(lines=1, moves=1), Heard(text="x", asks_contact=True), Move(kind="say", text="two")),
        (
            SOKHA,
            Disclosed(lines=1, moves=1),
            Heard(text="x", buttons=("Prices", "A person")),
            Move(kind="press", text="A person"),
        ),
        (
            SOKHA,
            Disclosed(lines=1, moves=1),
            Heard(text="x", buttons=("Prices", "Hours")),
            Move(kind="press", text="Prices"),
        ),
        (SOKHA, Disclosed(lines=1, moves=9), Heard(text="x", buttons=("Prices",)), Move(kind="leave")),
    ],
)
def test_next_move(persona: Persona, told: Disclosed, heard: Heard, move: Move) -> None:
    assert next_move(persona, told, heard) == move


@pytest.mark.parametrize("persona", PEOPLE, ids=lambda persona: persona.key)
def test_everybody_comes_to_an_end(persona: Persona) -> None:
    """Even with a bot that never stops asking and offering buttons."""
    told = Disclosed(lines=1, moves=1)
    for _ in range(20):
        move = next_move(persona, told, Heard(text="Your phone?", buttons=("Yes", "No"), asks_contact=True))
        if move.kind == "leave":
            break
        told = after(told, move)
    else:
        pytest.fail("talks for ever")


def test_the_table_of_people_is_sound() -> None:
    assert len({persona.key for persona in PEOPLE}) == len(PEOPLE)
    assert {persona.way for persona in PEOPLE} == {"telegram", "mail", "form", "chat", "phone"}
    assert {persona.language for persona in PEOPLE} == {"en", "km", "ru"}
    telegrams = [persona.telegram for persona in PEOPLE if persona.way == "telegram"]
    assert len(set(telegrams)) == len(telegrams)
    assert all(telegrams)
    for persona in PEOPLE:
        assert persona.story
        assert persona.email or persona.way != "mail"
        assert persona.phone or persona.way != "phone"


def test_pace() -> None:
    rng = Random(1)
    gaps = [arrival_gap(number, rng) for number in range(200)]
    assert sum(gaps[:2]) < 2
    assert all(gap < 10 for gap in gaps[:6])
    assert 40 < min(gaps[100:]) < max(gaps[100:]) < 120
    assert all(1 < typing_time("x" * size, rng) < 20 for size in (0, 10, 5000))


class Talker:
    """A way on which every line is answered at once."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.said: list[tuple[str, str]] = []
        self.most = 0

    async def open(self, persona: Persona, text: str) -> None:
        self.most = max(self.most, len(self.crowd.visits))
        await self.make(persona, Move(kind="say", text=text))

    async def make(self, persona: Persona, move: Move) -> None:
        self.said.append((persona.key, move.text))
        self.crowd.hear(persona, Heard(text="We hear"))
        self.crowd.hear(persona, Heard(text="and answer"))
        if persona.key == "ivan":
            raise ConnectionError("the line is bad")

    async def stop(self) -> None:
        self.said.append(("", "stopped"))


async def test_a_crowd_talks_in_order_and_within_bounds() -> None:
    crowd = Crowd(PEOPLE, rng=Random(7), speed=2000.0, most_open=3)
    talker = Talker(crowd)
    crowd.ways = dict.fromkeys(LISTENS, talker)
    running = asyncio.create_task(crowd.run())
    async with asyncio.timeout(60):
        while ("olga", "Спасибо, зайду!") not in talker.said:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert talker.most <= 3
    for persona in PEOPLE:
        said = [text for key, text in talker.said if key == persona.key][: len(persona.story)]
        if persona.way in LISTENS and persona.key in ("sokha", "leo", "emma"):
            assert said == list(persona.story)
    assert talker.said[-1] == ("", "stopped")


async def test_a_person_nobody_answers_asks_once_more_and_leaves() -> None:
    class Silent(Talker):
        async def make(self, persona: Persona, move: Move) -> None:
            self.said.append((persona.key, move.text))

    crowd = Crowd([SOKHA], rng=Random(7), speed=1000.0, patience=10)
    silent = Silent(crowd)
    crowd.ways = {"telegram": silent}
    running = asyncio.create_task(crowd.run())
    async with asyncio.timeout(60):
        while len(silent.said) < 3:
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [text for _, text in silent.said[:3]] == ["one", "?", "one"]
