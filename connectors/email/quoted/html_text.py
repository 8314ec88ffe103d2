"""Lines of text from mail HTML, with quotations and the clients' own marks of history kept as structure."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

SIZE: Final = 768 * 1024
LEVELS: Final = 500
COPIES: Final = 200_000
"""How many elements a parser may make up: an unclosed <b> is opened again in every block that follows."""
LISTS: Final = frozenset({"ul", "ol", "dl", "menu"})
FORMATTING: Final = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
ITEMS: Final = {"li": "li", "dd": "dl", "dt": "dl"}
"""Elements that close their own kind, but not each other's."""
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
ANY_TAG: Final = re.compile(r"<[^<>]{0,4096}>")
LEFT_OUT: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
# fmt: off
NEVER_DEEP: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "td", "th", "tr", "tbody", "thead", "option",
})
# fmt: on
# fmt: off
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol",
    "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
})
# fmt: on
APART: Final = frozenset({"p", "table", "ul", "ol", "blockquote", "h1", "h2", "h3"})
# fmt: off
HARD: Final = frozenset({
    "divrplyfwdmsg", "appendonsend", "x_divrplyfwdmsg", "x_appendonsend", "olk_src_body_section", "zwchr",
    "isreplycontent", "ms-outlook-mobile-reference-message", "messagereplysection", "quote",
})
# fmt: on
"""Ids and names after which programs put nothing but history."""
HARD_CLASSES: Final = (
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "outlookmessageheader",
    "tutanota_quote",
    "front-blockquote",
    "quotedreply",
    "qmbox",
    "aolmsgpart_",
)
# fmt: off
SIGNATURES: Final = (
    "gmail_signature", "moz-signature", "protonmail_signature_block", "ms-outlook-mobile-signature",
    "yahoo-signature",
)
SIGNATURE_NAMES: Final = frozenset({
    "signature", "x_signature", "applemailsignature", "linebreakatbeginningofsignature", "composer_signature",
    "ms-outlook-mobile-signature", "messagesignaturesection", "ymail_android_signature", "__sig_pre__", "__sig_post__",
})
# fmt: on
ATTRIBUTIONS: Final = ("gmail_attr", "moz-cite-prefix", "js-helper-attribution", "airmail_on")
OUTLOOK_RULE: Final = re.compile(r"border:none;border-top:solid#(?:e1e1e1|b5c4df)1\.0pt")


@dataclass(slots=True, kw_only=True)
class Line:
    """One line. `quoted` is text of an earlier mail; `mark` is history, attribution or signature where HTML says so."""

    text: str
    quoted: bool = False
    mark: str = ""


@lru_cache(maxsize=1)
def is_deep(html: str) -> bool:
    """Whether the HTML is made so that a parser would take quadratic time or memory (or a browser would choke)."""
    open_tags: dict[str, int] = {}
    depth = formatting = copies = 0
    item = ""
    for found in TAG.finditer(html):
        name = found[2].lower()
        closing = bool(found[1])
        if not closing:
            copies += formatting
            if copies > COPIES:
                return True
        if name in NEVER_DEEP or (not closing and name in ITEMS and ITEMS[name] == item):
            continue
        if not closing:
            item = ITEMS.get(name, "" if name in LISTS else item)
            open_tags[name] = open_tags.get(name, 0) + 1
            formatting += name in FORMATTING
            depth += 1
            if depth > LEVELS:
                return True
        elif open_tags.get(name):
            open_tags[name] -= 1
            formatting -= name in FORMATTING
            depth -= 1
            item = "" if name in ITEMS or name in LISTS else item
    return False


def lines_of(html: str) -> list[Line]:
    """The visible text, line by line. HTML too deep for a parser loses its tags instead."""
    html = html[:SIZE]
    if is_deep(html):
        return [Line(text=part.strip()) for part in entities.unescape(ANY_TAG.sub("\n", html)).splitlines()]
    root = LexborHTMLParser(html).body
    if root is None:
        return []
    walk = _Walk()
    walk.through(root)
    return walk.finished()


def has_structure(lines: list[Line]) -> bool:
    """Whether the HTML itself told history from new words."""
    return any(line.quoted or line.mark == "history" for line in lines)


class _Walk:
    """One pass over the tree without recursion: text is gathered into lines, blocks end lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.quotes = self.pre = 0
        self.marks: list[str] = []
        self.links: list[int] = []
        self.stack: list[tuple[LexborNode, str]] = []

    def through(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        while node is not None:
            below = self._enter(node)
            if below is not None:
                node = below
                continue
            while node is not None and node.next is None:
                node = self._leave()
            if node is None or not self.stack:
                return
            node = node.next

    def _enter(self, node: LexborNode) -> LexborNode | None:
        """Take the node in; its first child if one is to be entered (then the node waits on the stack)."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text(deep=True, strip=False))
            return None
        if tag in LEFT_OUT or tag.startswith(("-", "!")):
            return None
        attributes = node.attributes
        if tag == "br":
            self._break()
        elif tag in BLOCKS:
            self._end_line()
        elif tag in {"td", "th"} and self.words:
            self.words.append(" ")
        if tag == "img":
            self._image(attributes.get("alt") or "")
        if tag == "li":
            self.words.append("- ")
        child = node.child
        mark = _mark(attributes, tag)
        if mark:
            self._end_line()
        if child is None:
            if mark == "history":
                self.lines.append(Line(text="", mark="history"))
            return None
        self.quotes += tag == "blockquote"
        self.pre += tag in {"pre", "textarea"}
        self.marks.append(mark)
        if tag == "a":
            self.links.append(len(self.words))
        self.stack.append((node, tag))
        if mark == "history":
            self.lines.append(Line(text="", mark="history"))
        return child

    def _leave(self) -> LexborNode | None:
        if not self.stack:
            return None
        node, tag = self.stack.pop()
        mark = self.marks[-1]
        if tag == "a":
            self._link((node.attributes.get("href") or "").strip())
        if tag in BLOCKS or mark:
            self._end_line()
        self.marks.pop()
        if tag in APART:
            self._blank()
        self.quotes -= tag == "blockquote"
        self.pre -= tag in {"pre", "textarea"}
        return node

    def _text(self, text: str) -> None:
        if self.pre and "\n" in text:
            *whole, rest = text.split("\n")
            for line in whole:
                self.words.append(line)
                self._end_line(empty=True)
            text = rest
        if text:
            self.words.append(text if self.pre else re.sub(r"[ \t\r\n\f]+", " ", text))

    def _image(self, alt: str) -> None:
        if alt.strip() and len(alt) < 200:
            self.words.append(alt.strip())

    def _link(self, href: str) -> None:
        """The address behind words that do not show it."""
        shown = "".join(self.words[self.links.pop() :]).strip()
        if not href.lower().startswith(("http://", "https://")) or len(href) > 500 or not shown:
            return
        bare = href.split("://", 1)[1].rstrip("/")
        if bare.removeprefix("www.") not in shown:
            self.words.append(f" <{href}>")

    def _end_line(self, *, empty: bool = False) -> None:
        text = "".join(self.words)
        self.words.clear()
        text = text.rstrip() if self.pre else re.sub(r"[ \xa0]+", " ", text).strip(" \xa0\u200b\u200c\u200d")
        if text or empty:
            self.lines.append(Line(text=text, quoted=self.quotes > 0, mark=self._mark()))

    def _break(self) -> None:
        if "".join(self.words).strip():
            self._end_line()
        else:
            self._blank()

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text:
            self.lines.append(Line(text="", quoted=self.quotes > 0, mark=self._mark()))

    def _mark(self) -> str:
        return next((mark for mark in reversed(self.marks) if mark and mark != "history"), "")

    def finished(self) -> list[Line]:
        self._end_line()
        return self.lines


def _mark(attributes: dict[str, str | None], tag: str) -> str:
    if tag == "includetail":
        return "history"
    if not attributes:
        return ""
    classes = (attributes.get("class") or "").lower()
    names = {(attributes.get(each) or "").lower() for each in ("id", "name", "data-marker")} - {""}
    if (tag != "a" and _is_hard(classes, names, tag)) or _is_ruled(attributes, tag):
        return "history"
    if any(word in classes for word in ATTRIBUTIONS) or "reply-intro" in names:
        return "attribution"
    signed = any(word in classes for word in SIGNATURES) or "data-signature-widget" in attributes
    return "signature" if signed or names & SIGNATURE_NAMES else ""


def _is_hard(classes: str, names: set[str], tag: str) -> bool:
    if names & HARD:
        return True
    return tag != "p" and any(
        word in classes or any(name.startswith(word) for name in names) for word in HARD_CLASSES
    )


def _is_ruled(attributes: dict[str, str | None], tag: str) -> bool:
    """Whether this is the thin line that Outlook draws above the quoted mail."""
    style = attributes.get("style") if tag in {"div", "hr"} else ""
    return bool(style and OUTLOOK_RULE.search(re.sub(r"\s", "", style.lower())))
