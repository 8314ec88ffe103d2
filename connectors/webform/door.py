"""The form's door: who may knock, what is let in, and what browsers and programs are answered."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final
from urllib.parse import quote, urljoin

import orjson

from connectors.contract import Answer, ChannelConfig, Malformed, RawInput, Rejected
from connectors.rate_limit import RateLimit
from connectors.webform.body import MAX_TEXT, is_multipart
from connectors.webform.guard import Entry, allowed_origin, check, is_recent
from connectors.webform.origins import cors, is_allowed, is_own, origin_of, preflight, sent_from
from connectors.webform.parse import entry_of, forget, key_of
from connectors.webform.render import (
    Sheet,
    form_page,
    page_headers,
    sorry_page,
    thanks_address,
    way_back,
)
from connectors.webform.settings import settings_of
from connectors.webform.texts import pick, say

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html; charset=utf-8"
URL_SIGNS: Final = "%/:?#[]@!$&'()*+,;=~"


class FormDoor:
    """The `Door` ability of forms. `_pace` remembers how often each address knocked."""

    def __init__(self) -> None:
        self._rate = RateLimit()

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        if raw.method == "OPTIONS":
            return Answer(status=204, headers=preflight(raw, channel, settings_of(channel).allowed))
        if raw.method in ("GET", "HEAD"):
            return Answer(status=303, headers={"Location": f"/form/{channel.slug}"})
        if raw.method != "POST":
            return problem(405, "Send the form with POST.", headers={"Allow": "POST, OPTIONS"})
        return None

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        settings = settings_of(channel)
        allowed_origin(raw, channel, settings)
        if len(raw.body) > MAX_TEXT and not is_multipart(raw):
            raise Rejected(
                say(pick(default=channel.language), "This is too long for a form without files."), status=413
            )
        if not self._rate.within((channel.id, raw.peer), per_minute=settings.per_minute, at=raw.received_at):
            raise Rejected(
                say(
                    pick(default=channel.language),
                    "Too many entries from this address. Please wait a minute.",
                ),
                status=429,
            )
        if entry := readable(raw, channel):
            check(entry)

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        if entry := readable(raw, channel):
            return key_of(entry)
        given = raw.headers.get("idempotency-key", "")[:200]
        return f"{given}~{blake2b(raw.body, digest_size=8).hexdigest()}" if given else None

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        entry = readable(raw, channel)
        forget(raw)
        if entry is None:
            detail = "It is kept, and somebody will look at it. Send JSON, urlencoded or multipart/form-data."
            return problem(400, "The form cannot be read.", detail=detail, headers=_cors(raw, channel))
        if wants_page(raw):
            return Answer(status=303, headers={"Location": next_page(entry)})
        body = {"id": journal_id, "status": "accepted"}
        return Answer(body=orjson.dumps(body), mime=JSON, headers=_cors(raw, channel))

    def explain(self, raw: RawInput, channel: ChannelConfig, error: Rejected) -> Answer:
        """What is wrong with an entry that was not taken: a problem for programs, a page for people."""
        headers = {"Retry-After": "60"} if error.status == 429 else {}
        if wants_page(raw):
            return Answer(
                status=error.status,
                body=_page(raw, channel, error).encode(),
                mime=HTML,
                headers={**page_headers(channel), **headers},
            )
        return problem(
            error.status,
            str(error),
            detail="Correct the named fields and send it again." if error.fields else "Nothing was stored.",
            fields=error.fields,
            headers={**_cors(raw, channel), **headers},
        )


def readable(raw: RawInput, channel: ChannelConfig) -> Entry | None:
    """The entry; None when nobody can read it. Then it is stored as it came and goes to quarantine."""
    try:
        return entry_of(raw, channel)
    except Malformed:
        return None


def wants_page(raw: RawInput) -> bool:
    """Whether a browser waits for a page; programs and scripts get JSON."""
    return "text/html" in raw.headers.get("accept", "") and "x-requested-with" not in raw.headers


def next_page(entry: Entry) -> str:
    """The thank-you page, or the page that the form names: on the sending site, on the hub or on a listed site."""
    raw, channel, settings = entry.raw, entry.channel, entry.settings
    wanted = entry.answers.control.get("next", "")
    sender = sent_from(raw)
    target = urljoin(raw.headers.get("referer", "") or f"{sender}/", wanted) if wanted else ""
    origin = origin_of(target)
    if origin and (origin == sender or is_allowed(origin, settings.allowed) or is_own(origin, raw, channel)):
        return quote(target, safe=URL_SIGNS)
    if origin_of(settings.next_url):
        return quote(settings.next_url, safe=URL_SIGNS)
    hosted = entry.answers.control.get("hosted", "")
    sheet = Sheet(channel=channel, language=entry.language, embedded=hosted == "embed")
    return thanks_address(sheet, raw=None if hosted else raw)


CODES = {400: "unreadable", 403: "not-allowed", 413: "too-large", 422: "invalid", 429: "too-many"}


def problem(
    status: int,
    title: str,
    *,
    detail: str = "",
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """An RFC 9457 problem; `code` is what a program branches on."""
    code = CODES.get(status, "refused")
    body: dict[str, Any] = {
        "type": f"urn:omnihub:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    if fields:
        body["errors"] = [{"field": name, "detail": text} for name, text in fields.items()]
    return Answer(status=status, body=orjson.dumps(body), mime=PROBLEM, headers=headers or {})


def _cors(raw: RawInput, channel: ChannelConfig) -> dict[str, str]:
    return cors(raw, channel, settings_of(channel).allowed)


def _page(raw: RawInput, channel: ChannelConfig, error: Rejected) -> str:
    entry = readable(raw, channel)
    hosted = entry.answers.control.get("hosted", "") if entry else ""
    sheet = Sheet(
        channel=channel,
        language=entry.language if entry else pick(default=channel.language),
        embedded=hosted == "embed",
        problem=str(error),
        faults=error.fields,
        values=dict(entry.body.values) if entry else {},
        hidden=_kept(entry) if entry else {},
    )
    if not hosted:
        return sorry_page(sheet, back=way_back(raw, channel))
    return form_page(sheet, at=raw.received_at)


def _kept(entry: Entry) -> dict[str, str]:
    """Hidden fields that a second try needs again; the time of opening only while it is good."""
    names = ("_visitor", "_source", *(("_started",) if is_recent(entry) else ()))
    return {name: value for name in names if (value := entry.body.get(name))}
