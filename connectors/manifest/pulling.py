"""Events that a provider does not send: asked for every so many seconds, under a cursor kept with what it brought."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import yaml

from connectors.contract import Context, Health, RawInput, ReceiverContext, Reply, SendError, State, TryAgain
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.events import listed
from connectors.manifest.expressions import ask
from connectors.manifest.hiding import redacted
from connectors.manifest.model import Manifest, Pull
from connectors.manifest.names import ANSWER, CHANNEL
from connectors.manifest.outgoing import Api, read_request
from connectors.manifest.reading import Reader
from connectors.manifest.templates import fill, filled
from connectors.tokens import OwnTokens, Tokens
from values.sentences import phrase

LONGEST_CURSOR = 2_000
MOST_AT_ONCE = 100
"""Requests without a pause while the provider says that there is more."""
NAME = "cursor"


def read_pull(reader: Reader, node: yaml.Node | None, api: Api) -> Pull | None:
    """The section `pull`."""
    if node is None:
        return None
    known = ("request", "every", "cursor", "start", "events", "more", "ok")
    parts = reader.mapping(node, known, what="pull", needs=("request", "every"))
    names = {*CHANNEL, "cursor"}
    request = read_request(reader, parts.get("request"), api=api, names=names, method="GET")
    asked = {
        name: ask(reader, parts.get(name), what=name, names={*ANSWER, "cursor"})
        for name in ("cursor", "events", "more", "ok")
    }
    every = reader.number(parts.get("every"), what="every", default=30, minimum=1, maximum=86_400)
    if "more" in parts and "cursor" not in parts:
        reader.fault(
            parts["more"], "pull: `more` without a cursor asks for the same for ever.", "Add `cursor:`."
        )
    if request is None:
        return None
    start = fill(reader, parts.get("start"), what="start", names=CHANNEL)
    return Pull(request=replace(request, quiet=True), every=every, start=start, **asked)


async def run(manifest: Manifest, link: ReceiverContext) -> None:
    """Pull until cancelled. A passing fault is waited out as long as the provider says; dead credentials end it."""
    pull = manifest.pull
    assert pull is not None
    tokens: Tokens = getattr(link, "tokens", None) or OwnTokens()
    context = Context(channel=link.channel, http=link.http, tokens=tokens)
    while True:
        try:
            await _catch_up(manifest, pull, link, context)
        except TryAgain as error:
            told = redacted(error, context.channel, manifest)
            if error.after is None:
                raise told from None
            retry_at = datetime.now(UTC) + timedelta(seconds=error.after)
            await link.report(Health(state=State.TRANSIENT, sentence=told.reason, retry_at=retry_at))
            await asyncio.sleep(error.after)
            continue
        except SendError as error:
            raise redacted(error, context.channel, manifest) from None
        await link.report(
            Health(state=State.CONNECTED, sentence=phrase("The provider answers; it is asked for news."))
        )
        await asyncio.sleep(pull.every)


async def _catch_up(manifest: Manifest, pull: Pull, link: ReceiverContext, context: Context) -> None:
    """Everything that is there now: what an answer brought and its cursor are committed together."""
    for _ in range(MOST_AT_ONCE):
        before = (await link.checkpoint(NAME)).get("value")
        reply, after, is_more = await asked(manifest, pull, before, context)
        inputs = [_input(reply)] if reply is not None else []
        if inputs or after != before:
            await link.accept(inputs, checkpoint={"value": after}, name=NAME)
        if not is_more or after == before:
            return


async def asked(
    manifest: Manifest, pull: Pull, cursor: Any, context: Context
) -> tuple[Reply | None, Any, bool]:
    """The answer where it holds events, the next cursor, and whether there is more. Raises a SendError."""
    if cursor is None and pull.start is not None:
        cursor = filled(pull.start, base_root(context.channel))
    known = {**base_root(context.channel), "cursor": "" if cursor is None else cursor}
    reply = await perform(pull.request, known, context)
    answer: Mapping[str, Any] = {**answer_root(reply), "cursor": known["cursor"]}
    if not (pull.ok(answer) if pull.ok else 200 <= reply.status < 300):
        judge(manifest.outcomes, answer, is_message=False)
        raise TryAgain(
            phrase("The provider's answer is not what was asked for ({status}).", status=reply.status)
        )
    has_events = bool(listed(pull.events(answer))) if pull.events else bool(reply.body.strip())
    found = pull.cursor(answer) if pull.cursor else None
    if found is not None and (isinstance(found, bool | dict | list) or len(str(found)) > LONGEST_CURSOR):
        raise TryAgain(phrase("The provider's cursor is no number and no text."))
    return (
        reply if has_events else None,
        cursor if found in (None, "") else found,
        bool(pull.more(answer)) if pull.more else False,
    )


def _input(reply: Reply) -> RawInput:
    """The answer as an input: the same answer again is the same input."""
    mime = reply.headers.get("content-type", "application/json").partition(";")[0]
    return RawInput(
        transport="poll",
        body=reply.body,
        received_at=datetime.now(UTC),
        key=f"pull:{sha256(reply.body).hexdigest()[:40]}",
        headers={"content-type": mime},
    )
