"""The words of a mail we send: what was written, the signature, the quoted mail; as text and as HTML. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

from connectors.contract import Answered, Outbound
from connectors.email.spec import Mailbox
from connectors.markup import read, to_html
from values.texts import one_line, readable

LINK: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")
OWN: Final = "{signature}"
QUOTED: Final = 20_000
"""Characters of the answered mail that are quoted at most."""


def sender_name(message: Outbound, mailbox: Mailbox) -> str:
    """Who the mail is from, as the channel wants it shown: the user, the channel, or both."""
    ours, user = mailbox.sender_name, message.sender_name
    if mailbox.sender_style == "channel":
        return ours or user
    if mailbox.sender_style == "both" and ours and user:
        return f"{user}, {ours}"
    return user or ours


def bodies(message: Outbound, mailbox: Mailbox) -> tuple[str, str]:
    """Plain text and HTML. A mail of the bot is signed by the channel and quotes nothing."""
    text = readable(message.text)
    signature = _signature(message, mailbox)
    quoted = message.answered if mailbox.quote_answered and not message.by_bot else None
    parts = [text, *([f"-- \n{signature}"] if signature else []), *([_quoted(quoted)] if quoted else [])]
    after = (f'<p class="signature">-- <br>\n{_inline(signature)}</p>\n' if signature else "") + (
        _blockquote(quoted) if quoted else ""
    )
    page = readable(message.html)
    if message.marked and not page:
        marked = to_html(read(readable(message.marked)), text=_inline)
        return "\n\n".join(parts), _page([f"<div>{marked}</div>"], after)
    if not page:
        return "\n\n".join(parts), html_of(text, after)
    body, end, rest = page.rpartition("</body>") if "</body>" in page else (page, "", "")
    return "\n\n".join(parts), f"{body}{after}{end}{rest}"


def html_of(text: str, after: str = "") -> str:
    """Plain text as HTML: paragraphs, line ends and links, nothing else; `after` is HTML that follows."""
    blocks = re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").strip("\n"))
    return _page([f"<p>{_inline(block)}</p>" for block in blocks], after)


def _page(blocks: Sequence[str], after: str) -> str:
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(blocks) + f"\n{after}</body></html>\n"


def _inline(block: str) -> str:
    out: list[str] = []
    end = 0
    for found in LINK.finditer(block):
        address = found[0].rstrip(".,;:!?)»”’'")
        out.append(html.escape(block[end : found.start()]))
        out.append(f'<a href="{html.escape(address)}">{html.escape(address)}</a>')
        end = found.start() + len(address)
    out.append(html.escape(block[end:]))
    return "".join(out).replace("\n", "<br>\n")


def _signature(message: Outbound, mailbox: Mailbox) -> str:
    """The writer's own signature, at `{signature}` of the channel's or instead of it; `{me}` is who writes."""
    ours, own = readable(mailbox.signature).strip(), readable(message.signature).strip()
    me = message.sender_name or mailbox.sender_name
    if OWN not in ours:
        ours = own or ours
    return ours.replace("{me}", me).replace(OWN, own).strip()


def _quoted(answered: Answered) -> str:
    lines = readable(answered.text)[:QUOTED].strip().split("\n")
    return "\n".join([f"{_introduction(answered)}:", *(f"> {line}".rstrip() for line in lines)])


def _blockquote(answered: Answered) -> str:
    text = _inline(readable(answered.text)[:QUOTED].strip())
    cited = '<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'
    said = html.escape(_introduction(answered))
    return f'<div class="gmail_quote"><div>{said}:</div>\n{cited}{text}</blockquote></div>\n'


def _introduction(answered: Answered) -> str:
    name = one_line(answered.name, 300)
    return f"On {answered.at:%Y-%m-%d %H:%M} UTC, {name} wrote"
