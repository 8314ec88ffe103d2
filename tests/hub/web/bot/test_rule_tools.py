"""The tools of rule authors over HTTP: files in and out, transcripts, and a trial on any channel at any time."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import pytest

from chatbot import starter_text
from chatbot.parse import load
from hub.web.bot.transcripts import compare
from tests.hub.web.conftest import Send
from tests.site import CSRF, Site, texts

RULES = """version: 1
hours:
  shop: {timezone: Asia/Phnom_Penh, open: {mon-fri: "09:00-17:00"}}
rules:
  - id: back
    when: {returning: true}
    do: [{say: Welcome back}]
  - id: closed
    when: {in_hours: false}
    do: [{say: We sleep}]
  - id: menu
    when: anything
    do:
      - say: What do you need?
        buttons: [{label: Chairs, goto: chairs}, {label: Tables, goto: tables}]
  - {id: chairs, do: [{say: Four legs}, {tag: chairs}]}
  - {id: tables, do: [{say: A top}]}
"""


async def _upload(admin: aiohttp.ClientSession, path: str, content: bytes, **fields: str) -> tuple[int, str]:
    data = aiohttp.FormData([*fields.items(), ("csrf", CSRF)])
    data.add_field("file", content, filename="mine.yaml", content_type="application/yaml")
    async with admin.post(path, data=data) as answer:
        return answer.status, unescape(await answer.text())


async def test_a_file_comes_back_as_it_went_and_changes_nothing_until_saved(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    async with admin.get("/rules/file") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="bot-rules.yaml"'
        assert await answer.text() == starter_text()
    status, html = await _upload(admin, "/rules/file", b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode())
    assert (status, "No mistakes." in html, RULES in html) == (200, True, True)
    assert await site.world.value("SELECT count(*) FROM inbox_rules") == 0
    await send("/rules", source=RULES)
    version = await site.world.value("SELECT max(id) FROM inbox_rules")
    for path in ("/rules/file", f"/rules/versions/{version}/file"):
        async with admin.get(path) as answer:
            assert await answer.read() == RULES.encode()
    async with admin.get("/rules/versions/999999/file") as answer:
        assert answer.status == 404


async def test_a_change_is_undone_and_the_undoing_too(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    running = site.world.runtime.rulebook
    for source in (RULES, RULES.replace("Four legs", "Three legs")):
        await send("/rules", source=source)
    for legs in ("Four legs", "Three legs", "Four legs"):
        async with admin.get("/rules?saved=1") as answer:
            undo = re.search(r'class="undo" method="post" action="([^"]+)"', await answer.text())
        assert undo
        assert (await send(undo[1]))[2] == "/rules?saved=restored"
        assert legs in str(running.rules.by_id["chairs"].steps)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (RULES.replace("say: A top", "sya: A top").encode(), "Line 17, column"),
        (b"version: 1\n# \xff\xfe\n", "Line 2, column 1"),
        (b"x" * (512 * 1024 + 1), "larger than half a megabyte"),
        (b"version: 1\nrules: \0\n", "NUL"),
        (b"", "Line 1, column 1"),
    ],
)
async def test_a_bad_file_is_told_where(
    site: Site, admin: aiohttp.ClientSession, content: bytes, told: str
) -> None:
    status, html = await _upload(admin, "/rules/file", content)
    assert (status, told in html) == (422, True)
    assert await site.world.value("SELECT count(*) FROM inbox_rules") == 0


async def test_no_file_is_told_too(admin: aiohttp.ClientSession, send: Send) -> None:
    assert (await send("/rules/file"))[0] == 422


TALK = "> hello\n< What do you need?\n< [Chairs]\n< [Tables]\n> [chairs]\n< Four legs\n! tag: chairs\n"


@pytest.mark.parametrize(
    ("script", "line", "got"),
    [
        (TALK, 0, ""),
        (TALK.rstrip() + "  \n\n", 0, ""),
        (TALK.replace("Four", "Three"), 6, "< Four legs"),
        (TALK.replace("! tag: chairs\n", ""), 7, "! tag: chairs"),
        (TALK + "! close: Done\n", 8, ""),
        ("@ buttons: no\n> hello\n", 3, "< What do you need?"),
    ],
)
def test_the_first_difference_is_found(script: str, line: int, got: str) -> None:
    played = compare(load(RULES, source="rules"), "one", script)
    assert (played.line, played.got, played.is_right) == (line, got, not line)


@pytest.mark.parametrize("script", ["hello\n", "@ mood: bad\n", "\0", "> x\n" * 2_000])
def test_what_cannot_be_played_is_told(script: str) -> None:
    played = compare(load(RULES, source="rules"), "one", script)
    assert played.fault
    assert not played.is_right


async def test_transcripts_are_played_typed_and_from_files(admin: aiohttp.ClientSession) -> None:
    status, html = await _upload(
        admin, "/rules/transcripts", TALK.replace("Four", "Three").encode(), source=RULES, script=TALK
    )
    read = texts(html)
    assert status == 200
    assert "Typed here as written" in read
    assert "mine.yaml differs First in line 6:" in read
    assert all(line in html for line in ("- < Three legs", "+ < Four legs"))
    _, html = await _upload(admin, "/rules/transcripts", b"\xff", source="version: 2")
    assert "The rules have a mistake in line 1" in html


async def test_without_the_script_the_unsaved_text_stays_in_the_editor(admin: aiohttp.ClientSession) -> None:
    _, html = await _upload(admin, "/rules/file", RULES.encode())
    assert html.count(draft := '<textarea name="draft" hidden>') == 2
    assert unescape(html.split(draft, 1)[1].split("</textarea>", 1)[0]).strip() == RULES.strip()
    for path, fields in (("/rules/trial", {"text": "hello"}), ("/rules/transcripts", {"script": TALK})):
        async with admin.post(path, data={"csrf": CSRF, "draft": RULES, **fields}) as answer:
            again = await answer.text()
        assert (
            unescape(again.split('id="rules-source"', 1)[1])
            .split(">", 1)[1]
            .strip()
            .startswith(RULES.strip())
        )
    async with admin.get("/rules") as answer:
        assert draft not in await answer.text()


@pytest.mark.parametrize(
    ("circumstances", "said"),
    [
        ({"place": "kind:telegram", "hours": "open"}, 'value="chairs">Chairs</button>'),
        ({"place": "kind:email", "hours": "open"}, "What do you need?\n\n1. Chairs\n2. Tables"),
        ({"place": "kind:sms", "hours": "open"}, "What do you need?\n\n1. Chairs\n2. Tables"),
        ({"place": "nowhere", "hours": "open"}, 'value="chairs">Chairs</button>'),
        ({"at": "2026-11-23T05:00"}, "What do you need?"),
        ({"at": "2026-11-22T05:00"}, "We sleep"),
        ({"at": "0001-01-01T00:00", "hours": "open"}, "What do you need?"),
        ({"at": "noon", "hours": "open"}, "What do you need?"),
        ({"returning": "1", "hours": "open"}, "Welcome back"),
    ],
)
async def test_a_trial_takes_place_anywhere_at_any_time(
    send: Send, circumstances: dict[str, str], said: str
) -> None:
    status, html, _ = await send("/rules/trial", source=RULES, text="hello", **circumstances)
    assert status == 200
    assert said in unescape(html)


ACTS = """version: 1
rules:
  - id: order
    when: {keywords: order}
    do:
      - say: One moment.
      - {webhook: "https://erp.example/orders", send: {order: "1"}, save: {status: status}, timeout: 3 s, fallback: away}
      - {if: {fields: {status: sent}}, then: sent, else: away}
  - {id: sent, do: [{say: On its way.}, {deal: Won, title: An order}, {wait: 2 h, if_writes: keep}, {say: Well?}]}
  - {id: away, do: [{say: Not now.}, {lead: declined, reason: No orders}]}
  - {id: vip, when: {silence: 1 h, tag: vip, stage: [New, Won], owner: dara}, do: [{say: Still there?}]}
  - {id: won, when: {stage_entered: Won}, do: [{say: Welcome!}, {lead: open}]}
  - {id: looks, when: {visits: /prices*}, do: [{say: Questions?}]}
  - {id: monday, when: {schedule: mon 09:00}, do: [{say: The list.}]}
"""


@pytest.mark.parametrize(
    ("happenings", "told"),
    [
        (
            [("message", "order"), ("answer", '{"status": "sent"}'), ("later", "")],
            (
                "You: order Bot: One moment. Why: keyword 'order' of rule order Asks https://erp.example/orders and waits 3 s "
                "at most "
                'You: (the service answers) {"status": "sent"} Bot: On its way. Why: the service answered; '
                "status 'sent'; "
                "goes on with rule sent Puts the deal into the stage “Won” Waits 120 min "
                "You: (the wait is over) Bot: Well?"
            ),
        ),
        (
            [("message", "order"), ("answer", "")],
            "Bot: Not now. Why: the service failed: it did not answer Declines the lead",
        ),
        ([("silence", "")], "Bot: Still there?"),
        ([("stage", "won")], "Bot: Welcome! Why: stage 'won' entered of rule won Opens a lead"),
        ([("page", "/prices/x")], "Bot: Questions?"),
        ([("page", "/about")], "Does nothing; what was open stays open"),
        ([("schedule", "")], "Bot: The list."),
    ],
)
async def test_what_happens_without_a_message_is_tried_out(
    send: Send, happenings: list[tuple[str, str]], told: str
) -> None:
    carried, html = "", ""
    around = {"tags": "VIP, new", "stage": "new", "owner": "Dara"}
    for kind, text in happenings:
        _, html, _ = await send("/rules/trial", source=ACTS, kind=kind, text=text, carried=carried, **around)
        carried = unescape(html.split('name="carried" value="', 1)[1].split('"', 1)[0])
    assert told in texts(html)
    assert 'value="VIP, new"' in html


async def test_what_the_rule_waits_for_is_what_comes_next(send: Send) -> None:
    _, html, _ = await send("/rules/trial", source=ACTS, text="order")
    assert '<option value="answer" selected>' in html
    assert "JSON of the answer; empty: the service fails" in html


async def test_every_kind_of_rule_and_step_is_put_into_words(send: Send) -> None:
    _, html, _ = await send("/rules/check", source=ACTS)
    read = texts(html)
    for words in (
        "Asks https://erp.example/orders and waits for the answer, 3 s at most",
        "Sends order: 1",
        "Keeps of the answer: status: status",
        "If the service fails: the rule “away”",
        "If fields: status: sent, goes on with the rule “sent”, else with “away”",
        "Puts the deal into the stage “Won”; a new one is called “An order”",
        "Declines the lead: No orders",
        "Waits 2 h",
        "If somebody writes meanwhile: keep",
        "When nothing is written for 1 h",
        "When the contact has the tag vip",
        "When the contact is dara's",
        "When the deal is in the stage New, Won",
        "When the deal enters the stage Won",
        "When somebody who wrote before visits the page /prices*",
        "At these times: mon 09:00",
        "Services that rules ask",
    ):
        assert words in read


async def test_a_stage_that_no_pipeline_has_never_goes_live(site: Site, send: Send) -> None:
    status, html, _ = await send("/rules", source=ACTS.replace("deal: Won", "deal: Wom"))
    assert (status, "There is no stage “Wom”" in html, "did you mean `Won`" in html) == (422, True, True)
    assert await site.world.value("SELECT count(*) FROM inbox_rules") == 0


async def test_a_number_is_a_button_where_there_are_none(send: Send) -> None:
    _, html, _ = await send("/rules/trial", source=RULES, text="hi", place="kind:email", hours="open")
    carried = unescape(html.split('name="carried" value="', 1)[1].split('"', 1)[0])
    _, html, _ = await send(
        "/rules/trial", source=RULES, text="2", place="kind:email", hours="open", carried=carried
    )
    assert "A top" in texts(html)
