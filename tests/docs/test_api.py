"""The page about the API names every code of an error, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from hub.api.openapi import KEY_CODES
from hub.api.pace import PER_MINUTE
from hub.problems import CODES

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_code_is_in_the_table() -> None:
    told = re.findall(r"^\| (\d+) \| `([a-z-]+)` \|", PAGE, re.M)
    assert {code for _, code in told} == {*CODES.values(), *KEY_CODES}
    assert {int(status) for status, _ in told} == set(CODES)


def test_the_pace_is_the_one_that_is_kept() -> None:
    assert f"{PER_MINUTE:,} requests a minute" in PAGE
