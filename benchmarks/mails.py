"""From the bytes of a mail to a message, on one core: speed over a varied set, and memory over many large mails."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson

from benchmarks.mail_set import mails
from connectors.contract import ChannelConfig, Malformed, RawInput
from connectors.email.parse import parse

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
CAME = datetime(2026, 3, 4, tzinfo=UTC)


def read(mail: bytes) -> None:
    """Parse it as the hub does."""
    try:
        parse(RawInput(transport="smtp", body=mail, received_at=CAME), CHANNEL)
    except Malformed:
        return


def measure(*, heavy: int) -> list[dict[str, Any]]:
    """Two rows: the varied set, and `heavy` mails of 1 MB in a process of its own."""
    return [_varied(), _heavy(heavy)]


def _varied() -> dict[str, Any]:
    found = mails()
    for mail in found[:300]:
        read(mail)
    times: list[float] = []
    for mail in found:
        began = perf_counter()
        read(mail)
        times.append(perf_counter() - began)
    slowest = max(range(len(times)), key=times.__getitem__)
    ordered = sorted(times)
    return {
        "what": "varied",
        "mails": len(found),
        "MB": round(sum(map(len, found)) / 2**20),
        "mails_s": round(len(found) / sum(times)),
        "median_ms": round(1000 * ordered[len(ordered) // 2], 2),
        "p99_ms": round(1000 * ordered[int(len(ordered) * 0.99)], 1),
        "slowest_ms": f"{1000 * ordered[-1]:.0f} ({len(found[slowest]) / 2**20:.1f} MB)",
        "memory": "",
    }


def _heavy(count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mail_memory", str(count)], check=True, stdout=subprocess.PIPE
    )
    told = orjson.loads(done.stdout)
    return {
        "what": "1 MB each",
        "mails": told["mails"],
        "MB": told["mails"],
        "mails_s": told["mails_s"],
        "median_ms": "",
        "p99_ms": "",
        "slowest_ms": "",
        "memory": f"{told['rss_after_50_mb']} MB after 50, {told['rss_at_the_end_mb']} at the end, peak {told['rss_peak_mb']}",
    }
