"""Log lines: data beside a constant message, secrets taken out."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from hub.logs import HumanFormatter, JsonFormatter, redacted


def record(message: str, **fields: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": "hub.x", "levelno": 30, "levelname": "WARNING", "msg": message, **fields}
    )


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://hub:hunter2@db/hub", "hunter2"),
        ("redis://:hunter2@r:6379/0", "hunter2"),
        ("GET https://api.telegram.org/bot123456789:AAF-abcdefghijklmnopqrstuvwxyz012345/getMe", "AAF-abc"),
        ("Authorization: Bearer abc.def-ghi_jkl", "abc.def"),
        ("GET /in/x?hub.verify_token=tok123&a=1", "tok123"),
        ("GET /in/x?a=1&access_token=tok123", "tok123"),
        ("POST /sign-in/link/abcdefghijklmnopqrstuvwxyz", "abcdefghijk"),
    ],
)
def test_credentials_are_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redacted(text)
    assert "[redacted]" in redacted(text)


@pytest.mark.parametrize(
    "text", ["door is taken", "https://example.com/a?page=2", "12:30 call from +85512345678"]
)
def test_the_rest_stays(text: str) -> None:
    assert redacted(text) == text


def test_json_has_one_line_with_the_data() -> None:
    line = JsonFormatter("serve").format(
        record(
            "lost\nit",
            channel="mail",
            password="p",
            data={"api_key": "k", "n": 1},
            count=2,
            error=OSError("x"),
        )
    )
    told = json.loads(line)
    assert "\n" not in line
    assert (told["process"], told["level"], told["logger"]) == ("serve", "warning", "hub.x")
    assert (told["channel"], told["count"], told["password"]) == ("mail", 2, "[redacted]")
    assert told["data"] == {"api_key": "[redacted]", "n": 1}


def test_no_field_can_forge_the_line() -> None:
    told = json.loads(JsonFormatter("serve").format(record("one", level="info", process="x\ny")))
    assert told["level"] == "warning"
    human = HumanFormatter("serve").format(record("one\ntwo", note="a\nb c"))
    assert "\n" not in human
    assert 'note="a\\nb c"' in human


def test_a_trace_is_kept_without_its_secrets() -> None:
    try:
        raise ConnectionError("postgresql://u:hunter2@h/d")
    except ConnectionError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    for formatter in (JsonFormatter("serve"), HumanFormatter("serve")):
        told = formatter.format(made)
        assert "ConnectionError" in told
        assert "hunter2" not in told
