"""Formatting as one writes, in a real browser: what is chosen is formatted, pressed again it is not; nothing is marked twice."""

from __future__ import annotations

import random

from playwright.async_api import Browser, Page, expect

from connectors.markup import read, to_plain
from crm_core.users.model import User
from tests.site import Site, Watch, signed_in

CASES = (
    # the text with its choice between ⟨ and ⟩, the key, the text afterwards with the choice, the text after a second press
    ("⟨good price⟩", "b", "*⟨good price⟩*", "good price"),
    ("*⟨good price⟩*", "b", "⟨good price⟩", "*good price*"),
    ("⟨*good price*⟩", "b", "⟨good price⟩", "*good price*"),
    ("a ⟨ good ⟩ price", "b", "a  *⟨good⟩*  price", "a  good  price"),
    ("⟨one\ntwo\n\nthree⟩", "b", "*⟨one*\n*two*\n\n*three⟩*", "one\ntwo\n\nthree"),
    ("⟨*one*\ntwo⟩", "b", "*⟨one*\n*two⟩*", "one\ntwo"),
    ("*on⟨e*\n*tw⟩o*", "b", "**on**⟨e\ntw⟩**o**", "*one*\n*two*"),
    ("*one ⟨two⟩ three*", "b", "*one* ⟨two⟩ *three*", "*one two three*"),
    ("⟨*a* and *b*⟩", "b", "*⟨a and b⟩*", "a and b"),
    ("⟨bo⟩ld", "b", "**⟨bo⟩**ld", "bold"),
    ("sn⟨ak⟩e case", "i", "_⟨snake⟩_ case", "snake case"),
    ("*a ⟨b* c⟩", "i", "*a _⟨b_* _c⟩_", "*a b* c"),
    ("_⟨bold too⟩_", "b", "*_⟨bold too⟩_*", "_bold too_"),
    ("> ⟨quoted\n> twice⟩", "i", "> _⟨quoted_\n> _twice⟩_", "> quoted\n> twice"),
    ("⟨2*3⟩ is six", "b", "*⟨2\\*3⟩* is six", "2\\*3 is six"),
    ("⟨see [x](https://a.example)⟩ now", "b", "*⟨see [x](https://a.example)⟩* now", "see [x](https://a.example) now"),
    ("⟨ខ្មែរ⟩អក្សរ", "b", "*⟨ខ្មែរ⟩*អក្សរ", "ខ្មែរអក្សរ"),
    ("⟨Цена⟩ 5", "b", "*⟨Цена⟩* 5", "Цена 5"),
    ("write ⟨⟩here", "b", "write **⟨⟩**here", "write here"),
    ("write ⟨⟩", "i", "write _⟨⟩_", "write "),
    ("*done⟨⟩*", "b", "*done*⟨⟩", None),
)  # fmt: skip
LETTERS = "ab *_~`\\\n я1>["


async def opened(site: Site, browser: Browser, user: User, watch: Watch) -> Page:
    id_ = await site.conversation("Is it there?", name="Bopha")
    await site.assign(id_, user)
    page = await (await signed_in(browser, site, user)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/conversations/{id_}")
    await expect(page.locator("#text")).to_be_visible()
    return page


def parted(text: str) -> tuple[str, int, int]:
    start = text.index("⟨")
    end = text.index("⟩") - 1
    return text.replace("⟨", "").replace("⟩", ""), start, end


async def test_what_is_chosen_is_formatted_and_bared_again(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    field = page.locator("#text")
    for before, key, after, again in CASES:
        text, start, end = parted(before)
        await field.fill(text)
        await field.evaluate(f"(node) => node.setSelectionRange({start}, {end})")
        await page.keyboard.press(f"Control+{key}")
        text, start, end = parted(after)
        shown = await field.evaluate("(node) => [node.value, node.selectionStart, node.selectionEnd]")
        assert shown == [text, start, end], before
        if again is not None:
            await page.keyboard.press(f"Control+{key}")
            await expect(field).to_have_value(again)
    await field.fill("all of it")
    await field.select_text()
    for _ in range(2):
        await page.get_by_role("button", name="Strikethrough").click()
    await expect(field).to_have_value("all of it")
    assert watch.problems == []


async def test_formatting_changes_no_word_whatever_stands_there(
    site: Site, browser: Browser, dara: User
) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    chance = random.Random(7)
    cases: list[tuple[str, int, int, str]] = []
    while len(cases) < 3000:
        text = "".join(chance.choices(LETTERS, k=chance.randint(1, 16)))
        start, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        if start < end:
            cases.append((text, start, end, chance.choice(("bold", "italic", "strike"))))
    formatted: list[str] = await page.evaluate(
        """async (cases) => {
            const module = performance.getEntriesByType("resource").find((one) => /inbox.marks/.test(one.name));
            const { toggle } = await import(module.name);
            return cases.map(([text, start, end, kind]) => {
                const done = toggle(text, start, end, kind);
                return done ? text.slice(0, done.from) + done.text + text.slice(done.to) : text;
            });
        }""",
        cases,
    )
    for (text, *chosen), after in zip(cases, formatted, strict=True):
        assert to_plain(read(after)) == to_plain(read(text)), (text, chosen, after)
    assert sum(text != after for (text, *_), after in zip(cases, formatted, strict=True)) > 2000
    assert watch.problems == []
