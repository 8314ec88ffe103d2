"""Foreign script through every way in: what customers, their mail, their sites and colleagues could send."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiohttp

from connectors.contract import RawInput
from tests.site import CSRF, Site

SECRET = "open sesame"
FOREIGN = "http://evil.example"
TELEGRAM_TOKEN = "1234567:not-a-real-token"
PHONE = "+85512345678"


@dataclass(slots=True)
class Ways:
    """Makes payloads and remembers where they were put."""

    names: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> str:
        """Breaks out of attributes, scripts and text; `<x-evil>` shows that it became an element."""
        self.names.append(name)
        return f"\"'></script></title></textarea><x-evil><svg onload=__pwned='{name}'>"

    def address(self, name: str) -> str:
        """An address that would run where it became a link, a source or a place to go to."""
        self.names.append(name)
        return f"javascript:__pwned='{name}'"


def mail_html(name: str) -> str:
    """What mail tries: handlers, frames, forms, style sheets, refreshes, other origins."""
    run = f"top.__pwned='{name}';window.__pwned='{name}'"
    return f"""<html><head><base href="{FOREIGN}/"><meta http-equiv="refresh" content="0;url={FOREIGN}/refresh">
<style>@import "{FOREIGN}/style"; body {{ background: url({FOREIGN}/sheet) }}</style>
<link rel="stylesheet" href="{FOREIGN}/link"><link rel="prefetch" href="{FOREIGN}/prefetch">
<script>{run};alert(1);top.location='{FOREIGN}/top'</script></head><body onload="{run}" background="{FOREIGN}/body">
<p id="seen">{name}</p><img src="{FOREIGN}/pixel.png"><img src="x" onerror="{run}">
<svg onload="{run}"><animate onbegin="{run}"/></svg><svg><style><img src=x onerror="{run}"></style></svg>
<math><mtext><table><mglyph><style><img src=x onerror="{run}"></style></table>
<noscript><p title="</noscript><img src=x onerror={run}>"></noscript><!--><img src=x onerror="{run}">-->
<iframe src="{FOREIGN}/frame"></iframe><iframe srcdoc="<script>{run}</script>"></iframe><object data="{FOREIGN}/object"></object>
<embed src="{FOREIGN}/embed"><video src="{FOREIGN}/video" autoplay onerror="{run}"></video>
<audio src="{FOREIGN}/audio" autoplay></audio>
<form action="{FOREIGN}/form" id="f"><input autofocus onfocus="{run}"><button formaction="javascript:{run}">Go</button></form>
<a href="javascript:{run}">1</a> <a href="java&#10;script:{run}">2</a> <a href="data:text/html,<script>{run}</script>">3</a>
<a href="{FOREIGN}/away" target="_top">4</a> <a href="vbscript:{run}">5</a><details open ontoggle="{run}">6</details>
<div style="background-image: url('{FOREIGN}/inline')">7</div><div style="background:image-set('{FOREIGN}/set' 1x)">8</div>
<div style="width:expression({run})">9</div><marquee onstart="{run}">10</marquee>
<table background="{FOREIGN}/table"><tr><td>11</table>
<img srcset="{FOREIGN}/srcset 2x" src="cid:none">
<picture><source srcset="{FOREIGN}/source"><img src="data:image/svg+xml,<svg onload='{run}'/>"></picture>
<form id="x"></form><button form="x" formaction="javascript:{run}">12</button>
<input type="image" src="{FOREIGN}/input"></body></html>"""


def mail(evil: Ways) -> bytes:
    """A mail that is hostile in every part."""
    made = EmailMessage()
    made["From"] = f'"{quoted(evil("mail.sender"))}" <anna@x.example>'
    made["To"], made["Date"] = "shop@x.example", "Mon, 23 Nov 2026 07:00:00 +0000"
    made["Subject"] = evil("mail.subject")
    made["Message-ID"] = "<svg/onload=__pwned=1@x.example>"
    made["X-Mailer"] = evil("mail.header")
    made.set_content(f"{evil('mail.text')}\n\nOn Monday Bob wrote:\n> {evil('mail.history')}\n")
    evil.names.append("mail.html")
    made.add_alternative(mail_html("mail.html"), subtype="html")
    made.add_attachment(b"plain", maintype="text", subtype="plain", filename=evil("mail.file"))
    for subtype, name in (("svg+xml", "picture.svg"), ("html", "page.html")):
        content = f"<svg xmlns='http://www.w3.org/2000/svg'><script>window.__pwned='{name}'</script></svg>"
        made.add_attachment(
            content.encode(), maintype="image" if "svg" in subtype else "text", subtype=subtype, filename=name
        )
    return made.as_bytes()


def quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


async def by_mail(site: Site, evil: Ways) -> None:
    """One mail, and one input that is none."""
    live = site.world.runtime.directory.by_slug("mail")
    assert live
    for body in (mail(evil), evil("mail.broken").encode()):
        raw = RawInput(transport="smtp", body=body, received_at=datetime.now(UTC))
        await site.world.runtime.intake.accept(live, raw)


async def by_telegram(site: Site, evil: Ways) -> None:
    live = site.world.runtime.directory.by_slug("tg")
    assert live
    sender = {
        "id": 5551001,
        "is_bot": False,
        "first_name": evil("tg.first"),
        "last_name": evil("tg.last"),
        "username": "sokha_c",
    }
    text = evil("tg.text")
    link = {"offset": 0, "length": 5, "type": "text_link", "url": evil.address("tg.link")}
    message = {
        "message_id": 1,
        "from": sender,
        "chat": {"id": 5551001, "type": "private", "first_name": sender["first_name"]},
        "date": 1763885601,
        "text": text,
        "entities": [link],
    }
    body = json.dumps({"update_id": 7, "message": message}).encode()
    await site.world.runtime.intake.accept(
        live, RawInput(transport="http", body=body, received_at=datetime.now(UTC))
    )


def source(evil: Ways, of: str) -> str:
    """What a page tells of itself."""
    return json.dumps(
        {
            "utm": {"utm_source": evil(f"{of}.utm")},
            "referrer": f"https://x.example/?{evil(f'{of}.referrer')}",
            "landing_page": evil.address(f"{of}.landing") and "https://x.example/",
            "page": f"https://x.example/?{evil(f'{of}.page')}",
            "visits": [["2026-11-23T07:00:00Z", "https://x.example/", evil(f"{of}.visit")]],
        }
    )


async def by_form(http: aiohttp.ClientSession, evil: Ways) -> None:
    """An entry with further fields and a file, and one that nobody can read."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in (
        ("name", evil("form.name")),
        ("email", "bopha@x.example"),
        ("phone", evil("form.phone")),
        ("company", evil("form.company")),
        ("subject", evil("form.subject")),
        ("message", evil("form.message")),
        ("size", evil("form.value")),
        ("<svg onload=__pwned='form.key'>", "unknown field"),
        ("_source", source(evil, "form")),
    ):
        form.add_field(name, value)
    file = evil("form.file").replace('"', "")
    form.add_field("file", b"content", filename=file, content_type="text/plain")
    async with http.post("/in/form", data=form) as answer:
        assert answer.status == 200, await answer.text()
    evil.names.append("form.type")
    kind = "application/<svg onload=__pwned='form.type'>"
    async with http.post("/in/form", data=b"?", headers={"Content-Type": kind}) as answer:
        assert answer.status == 400


async def by_chat(http: aiohttp.ClientSession, evil: Ways) -> None:
    async with http.post("/chat/chat/session", json={}) as answer:
        token = (await answer.json())["token"]
    for fields in (
        {"kind": "message", "text": evil("chat.text"), "_source": source(evil, "chat")},
        {
            "kind": "form",
            "text": "Hi",
            "name": evil("chat.name"),
            "phone": evil("chat.phone"),
            "email": "chat@x.example",
        },
    ):
        body: dict[str, Any] = {"token": token, **fields}
        async with http.post("/in/chat", json=body) as answer:
            assert answer.status == 200, await answer.text()


async def by_phone(http: aiohttp.ClientSession, evil: Ways) -> None:
    """Calls with foreign names and recordings, and one that fails the check of its secret."""
    step = {"from": PHONE, "name": evil("phone.name"), "user": evil("phone.user"), "to": evil("phone.number")}
    runs = evil.address("phone.recording")
    for call, outcome, url in (
        ("c1", "missed", runs),
        ("c2", "answered", f"http://127.0.0.1:1/{evil('phone.fetched')}"),
    ):
        body = step | {"call_id": call, "event": "ended", "outcome": outcome, "recording_url": url}
        async with http.post("/in/phone", json=body, headers={"X-Token": SECRET}) as answer:
            assert answer.status == 200, await answer.text()
    headers = {"X-Token": "wrong", "User-Agent": evil("phone.agent")}
    async with http.post("/in/phone", json={"call_id": "<svg>"}, headers=headers) as answer:
        assert answer.status == 401


async def by_hand(http: aiohttp.ClientSession, site: Site, evil: Ways) -> dict[str, int]:
    """What a colleague types; the ids of what it made."""

    async def post(path: str, **fields: str) -> None:
        async with http.post(path, data={"csrf": CSRF, **fields}, allow_redirects=False) as answer:
            assert answer.status < 400, (path, answer.status, await answer.text())

    newest = site.world.value
    await post("/companies", name=evil("company.name"), domain="x.example", note=evil("company.note"))
    await post(
        "/contacts",
        name=evil("contact.name"),
        email="typed@y.example",
        note=evil("contact.note"),
        tags=evil("contact.tag"),
        company=evil("contact.company"),
    )
    contact = await newest("SELECT max(id) FROM crm_contact")
    await post("/deals", title="To be renamed", contact_id=str(contact), amount="5", currency="USD")
    deal = await newest("SELECT max(id) FROM crm_deal")
    await post(f"/deals/{deal}", title=evil("deal.title"), note=evil("deal.note"), currency="USD")
    for card in (f"/contacts/{contact}/card", f"/deals/{deal}/card"):
        await post(f"{card}/notes", text=evil(f"note{card[:4]}"))
    await post("/tasks", title="To be renamed", due="today")
    task = await newest("SELECT max(id) FROM crm_task")
    await post(f"/tasks/{task}", title=evil("task.title"), note=evil("task.note"), due="today")
    await post(
        "/canned", shortcut="evil", title=evil("canned.title"), text=evil("canned.text"), is_shared="1"
    )
    return {"contact": contact, "deal": deal, "task": task}
