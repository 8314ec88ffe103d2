"""Checks of `send` and `probe` against a scripted provider: each answer has its outcome, and no secret leaks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from connectors.conformance.beside import TOKEN, GivenTokens, uses_token
from connectors.conformance.model import Failed, Sending, Skipped, Subject, needed
from connectors.conformance.server import HANG_UP, scripted
from connectors.contract import (
    Context,
    CredentialsDead,
    Health,
    Http,
    Outbound,
    PersonUnreachable,
    Refused,
    SendError,
    Sent,
    State,
    TryAgain,
    Unknown,
)

OUTCOMES: dict[str, type[SendError]] = {
    "retry": TryAgain,
    "refused": Refused,
    "unreachable": PersonUnreachable,
    "credentials": CredentialsDead,
    "unknown": Unknown,
}
NOBODY = "http://127.0.0.1:9"
"""Where nobody listens (port 9, discard)."""


async def recorded_sendings(subject: Subject, http: Http) -> None:
    """Every recorded message makes its requests, and every recorded answer its outcome."""
    if not subject.sendings or subject.reach is None:
        raise Skipped("it has no recorded messages (fixtures/send)")
    for sending in subject.sendings:
        async with scripted() as provider:
            provider.will_answer(*sending.answers)
            found = await _outcome(subject, sending, subject.reach(http, provider.base))
            for name, value in sending.outcome.items():
                needed(
                    found.get(name) == value,
                    f"send/{sending.name}: {name} is {found.get(name)!r}, expected {value!r} ({found})",
                )
            for number, wanted in enumerate(sending.requests):
                made = provider.requests[number] if number < len(provider.requests) else None
                needed(made, f"send/{sending.name}: request {number + 1} was not made")
                _same(wanted, made, f"send/{sending.name}: request {number + 1}")


async def own_ids(subject: Subject, http: Http) -> None:
    """Two messages that the provider took have two ids: one that names a whole request, or nothing of the answer, is found."""
    taken = [one for one in subject.sendings if one.outcome.get("sent") and one.answers]
    if not taken or subject.reach is None:
        raise Skipped("it has no recorded message that was sent (fixtures/send)")
    for sending in taken:
        ids: list[str] = []
        for answers in (sending.answers, tuple(_another(answer) for answer in sending.answers)):
            async with scripted() as provider:
                provider.will_answer(*answers)
                again = replace(sending, answers=answers)
                found = await _outcome(subject, again, subject.reach(http, provider.base))
            ids.append(str(found.get("sent", "")))
        needed(
            not ids[0] or ids[0] != ids[1],
            f"send/{sending.name}: another answer gives the same id, {ids[0]!r}: external_id is nothing of one message",
        )
        _names_one_message(sending)


def _another(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same answer to another message: every word in it that looks like a name is another one."""
    return {**answer, "body": _changed(answer.get("body"))}


def _changed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _changed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_changed(one) for one in value]
    if isinstance(value, str) and any(char.isdigit() for char in value):
        return f"{value}-2"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 999:
        return value + 1
    return value


OF_MANY = ("bulk", "batch", "request", "campaign", "job", "trace", "transaction")
OF_ONE = ("messageid", "message_id", "msgid", "msg_id", "smsid", "sms_id", "id")


def _names_one_message(sending: Sending) -> None:
    """An id that the answer calls one of the bulk, while a list in it names each message."""
    leaves = list(_leaves(sending.answers[-1].get("body")))
    paths = [path for path, value in leaves if str(value) == sending.outcome["sent"]]
    better = [path for path, _ in leaves if "[" in path and path.rpartition(".")[2].lower() in OF_ONE]
    for path in paths:
        last = path.rpartition(".")[2].lower()
        is_of_many = any(word in last for word in OF_MANY)
        needed(
            not (is_of_many and "[" not in path and better),
            f"send/{sending.name}: {path} names the whole request; of the message it is {better[0] if better else ''}",
        )


def _leaves(value: Any, path: str = "body") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}")
    elif isinstance(value, list):
        for n, one in enumerate(value[:5]):
            yield from _leaves(one, f"{path}[{n}]")
    else:
        yield path, value


async def outcomes(subject: Subject, http: Http) -> None:
    """The answers that mean the same with everybody, and a line that breaks before and after the request."""
    sample, reach = _sample(subject)
    script: list[tuple[str, Mapping[str, Any], tuple[type[SendError], ...]]] = [
        ("429", {"status": 429, "headers": {"Retry-After": "7"}, "body": {}}, (TryAgain,)),
        ("500", {"status": 500, "body": "<html>"}, (TryAgain,)),
        ("503 without a body", {"status": 503}, (TryAgain,)),
        ("401", {"status": 401, "body": {}}, (CredentialsDead,)),
        ("403", {"status": 403, "body": {}}, (CredentialsDead, Refused, PersonUnreachable)),
        ("400", {"status": 400, "body": {}}, (Refused,)),
        ("200 with an answer nobody knows", {"status": 200, "body": "<html>"}, (Unknown,)),
        ("a line that breaks after the request", HANG_UP, (Unknown,)),
    ]
    async with scripted() as provider:
        context = Context(channel=subject.channel, http=reach(http, provider.base), tokens=GivenTokens())
        for name, answer, expected in script:
            provider.will_answer(answer)
            error = await _error(subject, sample, context)
            needed(isinstance(error, expected), f"{name} gives {error!r}")
            needed(isinstance(error, SendError) and error.reason.strip(), f"{name} gives no reason")
            if name == "429":
                needed(getattr(error, "after", None) == 7, f"429 with Retry-After: 7 gives {error!r}")
    nowhere = Context(channel=subject.channel, http=reach(http, NOBODY), tokens=GivenTokens())
    error = await _error(subject, sample, nowhere)
    needed(isinstance(error, TryAgain), f"when nobody answers, send gives {error!r}")


async def probes(subject: Subject, http: Http) -> None:
    """Whatever the provider does, the probe gives a state with a sentence; without settings it does not say connected."""
    if subject.reach is None:
        raise Skipped("its probe does not go over HTTP")
    answers: list[Mapping[str, Any]] = [
        {"status": 200, "body": {}}, {"status": 200, "body": "x"}, {"status": 401}, {"status": 500}, {"status": 404},
        {"status": 429}, {"status": 302, "headers": {"Location": "/"}}, HANG_UP,
    ]  # fmt: skip
    async with scripted() as provider:
        for answer in answers:
            provider.will_answer(answer)
            context = Context(
                channel=subject.channel, http=subject.reach(http, provider.base), tokens=GivenTokens()
            )
            await _probed(subject, context, str(answer))
    await _probed(
        subject,
        Context(channel=subject.channel, http=subject.reach(http, NOBODY), tokens=GivenTokens()),
        "nobody answers",
    )
    bare = Context(
        channel=replace(subject.channel, settings={}), http=subject.reach(http, NOBODY), tokens=GivenTokens()
    )
    health = await _probed(subject, bare, "no settings")
    if any(setting.required for setting in subject.connector.spec.settings):
        needed(
            health.state is not State.CONNECTED, "without its settings, the channel says that it is connected"
        )


async def keeps_secrets(subject: Subject, http: Http) -> None:
    """No secret in what the connector says of itself, raises or logs, even where the provider sends it back."""
    if not subject.secrets:
        raise Skipped("it has no secrets")
    log = _Log()
    logging.getLogger().addHandler(log)
    try:
        said = [repr(subject.connector), repr(subject.connector.spec)]
        hidden = (*subject.secrets, *((TOKEN,) if uses_token(subject) else ()))
        if subject.reach is not None and subject.sample is not None:
            async with scripted() as provider:
                context = Context(
                    channel=subject.channel, http=subject.reach(http, provider.base), tokens=GivenTokens()
                )
                for status in (200, 400, 401, 500):
                    provider.will_answer({"status": status, "body": {"error": {"message": " ".join(hidden)}}})
                    said.append(repr(await _error(subject, subject.sample, context)))
                    provider.will_answer({"status": status, "body": " ".join(hidden)})
                    said.append(repr(await subject.connector.probe(context)))
    finally:
        logging.getLogger().removeHandler(log)
    for secret in hidden:
        for text in (*said, *log.lines):
            needed(secret not in text, "a secret stands in: " + text.replace(secret, "•••")[:200])


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


async def _probed(subject: Subject, context: Context, where: str) -> Health:
    try:
        health = await subject.connector.probe(context)
    except Exception as error:  # whatever it raises is what is looked for
        raise Failed(f"{where}: the probe raises {error!r}") from error
    needed(health.sentence.strip(), f"{where}: the probe says nothing")
    return health


async def _error(subject: Subject, message: Outbound, context: Context) -> Exception | Sent:
    try:
        return await subject.connector.send(message, context)
    except Exception as error:  # which one is what the caller judges
        return error


async def _outcome(subject: Subject, sending: Sending, http: Http) -> dict[str, Any]:
    settings = {**subject.channel.settings, **sending.settings}
    context = Context(channel=replace(subject.channel, settings=settings), http=http, tokens=GivenTokens())
    made = await _error(subject, sending.message, context)
    if isinstance(made, Sent):
        return {"sent": made.external_id, "note": made.note}
    for name, kind in OUTCOMES.items():
        if isinstance(made, kind):
            return {"is": name, "reason": made.reason, "after": getattr(made, "after", None)}
    raise Failed(f"send/{sending.name}: send raises {made!r}") from made


def _sample(subject: Subject) -> tuple[Outbound, Any]:
    if not subject.connector.spec.abilities.replies:
        raise Skipped("one cannot write on it")
    if subject.sample is None or subject.reach is None:
        raise Skipped("it does not send over the lent HTTP client")
    return subject.sample, subject.reach


def _same(wanted: Any, made: Any, where: str) -> None:
    """Mappings may hold more than is wanted, except under `json`."""
    if isinstance(wanted, Mapping) and isinstance(made, Mapping):
        for name, value in wanted.items():
            needed(name in made, f"{where}: there is no {name} in {dict(made)}")
            if name == "json":
                needed(made[name] == value, f"{where}: json is {made[name]!r}, expected {value!r}")
            else:
                _same(value, made[name], f"{where}, {name}")
        return
    needed(wanted == made, f"{where} is {made!r}, expected {wanted!r}")


async def refuses_where_it_cannot_reply(subject: Subject, http: Http) -> None:
    """A channel one cannot write on says so in a sentence."""
    if subject.connector.spec.abilities.replies:
        raise Skipped("one can write on it")
    error: Any = None
    with suppress(SendError):
        await subject.connector.send(
            Outbound(delivery_id="x", to=_to(subject), text="x"),
            Context(channel=subject.channel, http=http, tokens=GivenTokens()),
        )
        error = Failed("it pretends to send")
    if error is not None:
        raise error


def _to(subject: Subject) -> Any:
    from connectors.contract import Handle

    return Handle(kind=subject.connector.spec.handle_kind, value="+12025550123")
