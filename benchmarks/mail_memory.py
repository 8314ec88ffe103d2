"""Memory while mails of 1 MB are read one after the other: run as a process of its own, prints JSON."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from time import perf_counter

import orjson

from benchmarks.mail_set import one_megabyte_mails
from benchmarks.mails import read

WARM = 50


def resident() -> float:
    """Megabytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def most() -> float:
    """Megabytes of this process at its most."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(count: int) -> None:
    early = seconds = 0.0
    for number, mail in enumerate(one_megabyte_mails(count)):
        began = perf_counter()
        read(mail)
        seconds += perf_counter() - began
        if number == WARM:
            early = resident()
    told = {
        "mails": count,
        "mails_s": round(count / seconds, 1),
        "rss_after_50_mb": round(early, 1),
        "rss_at_the_end_mb": round(resident(), 1),
        "rss_peak_mb": round(most(), 1),
    }
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
