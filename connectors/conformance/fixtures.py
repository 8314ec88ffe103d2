"""Fixtures of declarative connectors: `fixtures/*.json`, and `fixtures/send/*.json` for the way out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from connectors.conformance.model import Failed, Fixture, Sending
from connectors.contract import Button, Handle, Outbound, OutboundFile, RawInput

CAME = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When requests of fixtures came in, so that what they give is the same every day."""


def load_fixtures(folder: Path) -> tuple[Fixture, ...]:
    """In the order of their names. Raises Failed for a file that is no fixture."""
    return tuple(read_fixture(path) for path in sorted((folder / "fixtures").glob("*.json")))


def read_fixture(path: Path) -> Fixture:
    data = _document(path)
    request = data.get("request")
    if not isinstance(request, dict):
        raise Failed(f'{path.name} has no `request`: it should be {{"request": {{…}}, "expected": […]}}')
    signed = data.get("signed") or {}
    if not isinstance(signed, dict):
        raise Failed(f'{path.name}: `signed` should be {{"settings": {{…}}, "at": Unix seconds}}')
    return Fixture(
        name=path.stem,
        raw=request_of(request),
        expected=data.get("expected"),
        settings=data.get("settings", {}),
        region=str(data.get("region", "")),
        secrets=signed.get("settings", {}),
        moment=datetime.fromtimestamp(float(signed["at"]), UTC) if signed.get("at") else None,
        slug=str(signed.get("slug", "")),
        public_url=str(signed.get("public_url", "")),
    )


def request_of(data: Mapping[str, Any]) -> RawInput:
    """A request; its body is text, `body_base64`, or a value that goes as JSON."""
    body, headers = data.get("body", ""), {str(k).lower(): str(v) for k, v in data.get("headers", {}).items()}
    if "body_base64" in data:
        content = base64.b64decode(data["body_base64"])
    elif isinstance(body, str):
        content = body.encode()
    else:
        content = orjson.dumps(body)
        headers.setdefault("content-type", "application/json")
    return RawInput(
        transport="http",
        body=content,
        received_at=CAME,
        method=str(data.get("method", "POST")),
        suffix=str(data.get("suffix", "")),
        headers=headers,
        query={str(k): str(v) for k, v in data.get("query", {}).items()},
    )


def write_fixture(
    path: Path,
    raw: RawInput,
    *,
    expected: Any,
    region: str = "",
    signed: Mapping[str, Any] | None = None,
    is_exact: bool = False,
) -> None:
    """One recorded request with what it gives now; `is_exact` keeps every byte of its body, for a signature covers each."""
    request: dict[str, Any] = {"method": raw.method, "headers": dict(raw.headers)}
    if raw.suffix:
        request["suffix"] = raw.suffix
    if raw.query:
        request["query"] = dict(raw.query)
    request |= _body(raw.body, is_exact=is_exact)
    data: dict[str, Any] = {"request": request, "expected": expected}
    if signed:
        data["signed"] = dict(signed)
    if region:
        data["region"] = region
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")


def _body(body: bytes, *, is_exact: bool) -> dict[str, Any]:
    try:
        value = None if is_exact else orjson.loads(body)
        return {"body": value if isinstance(value, dict | list) else body.decode()}
    except orjson.JSONDecodeError:
        pass
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def load_sendings(folder: Path) -> tuple[Sending, ...]:
    """Messages with the provider's answers. Raises Failed for a file that is none."""
    return tuple(_sending(path) for path in sorted((folder / "fixtures" / "send").glob("*.json")))


def _sending(path: Path) -> Sending:
    data = _document(path)
    missing = {"message", "answers", "outcome"} - set(data)
    if missing:
        raise Failed(f"send/{path.name} has no {', '.join(sorted(missing))}")
    return Sending(
        name=path.stem,
        message=message_of(data["message"]),
        answers=tuple(data["answers"]),
        requests=tuple(data.get("requests", ())),
        outcome=data["outcome"],
        settings=data.get("settings", {}),
        token=data.get("token"),
    )


def message_of(data: Mapping[str, Any]) -> Outbound:
    to = data.get("to", {"kind": "phone", "value": "+12025550123"})
    return Outbound(
        delivery_id=str(data.get("delivery_id", "6f1e4d3c-0000-4000-8000-000000000001")),
        to=Handle(kind=to["kind"], value=to["value"]),
        text=data.get("text", ""),
        subject=data.get("subject", ""),
        thread=data.get("thread", ""),
        to_name=data.get("to_name", ""),
        sender_name=data.get("sender_name", ""),
        references=tuple(data.get("references", ())),
        ticket=data.get("ticket", {}),
        buttons=tuple(Button(**button) for button in data.get("buttons", ())),
        files=tuple(
            OutboundFile(
                name=file["name"],
                mime=file["mime"],
                content=file.get("content", "x").encode(),
                url=file.get("url", ""),
            )
            for file in data.get("files", ())
        ),
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        data: Any = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise Failed(f"{path.name} cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise Failed(f"{path.name} is no JSON object")
    return data
