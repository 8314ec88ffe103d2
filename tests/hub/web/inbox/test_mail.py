"""A mail's HTML made harmless: nothing runs, nothing is fetched, nothing takes for ever."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from hub.web.inbox.mail import clean

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvAsCrIpT&colon;alert(1)">x</a>',
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import url(https://evil.example/x.css)</style>",
    "<div style=\"background:url('https://evil.example/p.gif')\">x</div>",
    "<div style='background:u\\72l(https://evil.example/p.gif)'>x</div>",
    "<math><mtext></form><form><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1) src=1>'>",
    "<table background='https://evil.example/p.gif'><tr><td>x</td></tr></table>",
    "<video src='https://evil.example/v.mp4' poster='https://evil.example/p.gif'></video>",
    "<img src='https://evil.example/p.gif' srcset='https://evil.example/q.gif 2x'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<base href='https://evil.example/'>",
    "<object data='https://evil.example/x.swf'></object><embed src='https://evil.example/x'>",
    "<![CDATA[<script>alert(1)</script>]]><!--><script>alert(1)</script-->",
]
LOADS = ("src", "srcset", "background", "poster", "data", "action", "formaction")


def is_harmless(html: str, *, remote: bool = False) -> bool:
    for node in LexborHTMLParser(html).css("*"):
        names = dict(node.attributes)
        if node.tag in (
            "script",
            "iframe",
            "form",
            "input",
            "object",
            "embed",
            "link",
            "meta",
            "base",
            "svg",
            "style",
        ):
            return False
        if any(name.startswith("on") for name in names):
            return False
        if str(names.get("href") or "").lower().replace("\t", "").startswith(("javascript:", "data:")):
            return False
        if "url(" in str(names.get("style") or "").lower():
            return False
        if not remote and any(
            not str(names[name]).startswith("data:image/") for name in LOADS if names.get(name)
        ):
            return False
    return True


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_becomes_harmless(html: str) -> None:
    assert is_harmless(clean(html, images={}, remote=False))
    assert is_harmless(clean(html, images={}, remote=True), remote=True)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(HOSTILE)
        | st.text(max_size=20)
        | st.sampled_from(["<", ">", '"', "<b", "</", "<!--"]),
        max_size=12,
    )
)
def test_any_mixture_of_it_too(parts: list[str]) -> None:
    assert is_harmless(clean("".join(parts), images={}, remote=False))


def test_what_people_write_stays() -> None:
    html = '<p>Dear <b>team</b>, see <a href="https://a.example/x">this</a></p><table><tr><td colspan="2">1</td></tr></table>'
    made = clean(html, images={}, remote=False)
    assert "<b>team</b>" in made
    assert 'colspan="2"' in made
    assert 'target="_blank"' in made
    assert 'rel="noopener noreferrer nofollow"' in made


def test_remote_images_wait_until_asked_and_enclosed_ones_are_put_in() -> None:
    html = '<img src="https://shop.example/logo.png"><img src="cid:logo@mail">'
    images = {"logo@mail": "data:image/png;base64,AAAA"}
    blocked = clean(html, images=images, remote=False)
    assert "shop.example" not in blocked
    assert "data:image/png;base64,AAAA" in blocked
    assert "https://shop.example/logo.png" in clean(html, images=images, remote=True)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<b><i>" * 30_000 + "x",
        "<table><tr><td>" * 20_000,
        "<a href='" * 50_000,
        "<" * 500_000,
        "<p " * 300_000,
        "<p " + " ".join(f"a{n}" for n in range(150_000)) + ">",
        "<p " + "/".join(f"a{n}" for n in range(150_000)) + ">",
    ],
)
def test_absurd_mail_does_not_hold_us_up(html: str) -> None:
    began = time.process_time()
    clean(html, images={}, remote=False)
    assert time.process_time() - began < 5


def inks(html: str) -> dict[str, tuple[str, str]]:
    """Text colour and ground that stand at or above each text, as they are set inline."""
    found: dict[str, tuple[str, str]] = {}
    for node in LexborHTMLParser(clean(html, images={}, remote=False)).css("*"):
        if not (text := node.text(deep=False).strip()):
            continue
        ink = ground = ""
        above = node
        while above is not None:
            attributes = (
                {name: value or "" for name, value in above.attributes.items()}
                if above.tag != "-document"
                else {}
            )
            style = {
                name.strip(): value.strip()
                for name, _, value in (part.partition(":") for part in attributes.get("style", "").split(";"))
            }
            ink = ink or style.get("color", "") or attributes.get("color", "")
            ground = (
                ground
                or style.get("background-color", "")
                or style.get("background", "")
                or attributes.get("bgcolor", "")
            )
            above = above.parent
        found[text] = (ink, ground)
    return found


@pytest.mark.parametrize(
    "html",
    [
        '<style>td {color: #fff}</style><table bgcolor="#334455"><tr><td>words</td></tr></table>',
        '<body bgcolor="#334455" text="#ffffff">words</body>',
        '<body style="background:#334455;color:#fff"><p>words</p></body>',
        '<table><tr><td bgcolor="#345" style="color:#fff;background:#334455 url(https://x.example/p.gif)">words</td></tr></table>',
        '<div style="background-color: rgb(20, 30, 40)"><p>words</p></div>',
        '<div style="background: navy; font-size: 14px">words</div>',
    ],
)
def test_text_on_a_dark_ground_is_light(html: str) -> None:
    ink, ground = inks(html)["words"]
    assert ink in {"#ffffff", "#fff"}
    assert ground


@pytest.mark.parametrize(
    "html",
    [
        '<style>.a {background: #111}</style><div class="a"><font color="#ffffff">words</font></div>',
        '<div style="color:white">words</div>',
        '<table><td background="https://x.example/dark.png" style="color:#fefefe">words</td></table>',
    ],
)
def test_text_is_not_light_where_its_ground_is_gone(html: str) -> None:
    assert inks(html)["words"] == ("inherit", "")


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<div style="background:#ffeecc">words</div>', ("", "#ffeecc")),
        ('<div style="background:#000;color:#ddd">words</div>', ("#ddd", "#000")),
        ('<p style="color:#c00">words</p>', ("#c00", "")),
        ("<p>words</p>", ("", "")),
        ('<td bgcolor="#000" style="color:#fff"><p style="background:#fff;color:#111">words</p></td>', ("#111", "#fff")),
    ],
)  # fmt: skip
def test_what_can_be_read_stays_as_it_is(html: str, found: tuple[str, str]) -> None:
    assert inks(html)["words"] == found


@pytest.mark.parametrize(
    "style",
    [
        "color:#fff;background:uurl(x)rl(https://evil.example/p.gif)",
        "background:image-set('https://evil.example/p.gif' 1x);color:#fff",
        "background:URL (https://evil.example/p.gif) #000;color:#fff",
        "color:#fff;background:url(data:image/png;base64,AA==)",
    ],
)
def test_a_style_loses_what_fetches_and_nothing_else(style: str) -> None:
    page = clean(f'<div bgcolor="#000" style="{style}">x</div>', images={}, remote=True)
    assert "evil" not in page
    assert "data:" not in page
    assert "color:#fff" in page
