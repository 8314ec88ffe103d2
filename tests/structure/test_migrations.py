"""Every migration says when it may run, and what may run while the version before serves takes nothing away from it."""

from __future__ import annotations

import re

import pytest

from hub.migrate import load

BEFORE_THE_RULE = 31
"""The newest migration from before expand and contract were told apart; all of those count as expand."""
TAKES_AWAY = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION)\b|\bRENAME\b|\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+NOT\s+NULL|(SET\s+DATA\s+)?TYPE)\b"
    r"|\bADD\s+COLUMN\b(?![^,;]*\b(DEFAULT|GENERATED)\b)[^,;]*\bNOT\s+NULL\b",
    re.IGNORECASE,
)


def takes_away(sql: str) -> bool:
    """Whether the version before would miss something, or write rows that are refused."""
    return TAKES_AWAY.search(re.sub(r"--[^\n]*", "", sql)) is not None


def test_an_expand_takes_nothing_away() -> None:
    found = [
        one.title
        for one in load()
        if one.number > BEFORE_THE_RULE and not one.is_contract and takes_away(one.sql)
    ]
    assert found == [], "what the version before uses goes by a .contract.sql of a later version"


@pytest.mark.parametrize(
    ("sql", "takes"),
    [
        ("CREATE TABLE a (n integer NOT NULL);", False),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT '', ADD COLUMN c integer;", False),
        ("DROP INDEX a; CREATE INDEX a ON b (c);  -- DROP TABLE", False),
        ("ALTER TABLE a ALTER b DROP NOT NULL;", False),
        ("ALTER TABLE a DROP COLUMN b;", True),
        ("ALTER TABLE a RENAME b TO c;", True),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", True),
        ("ALTER TABLE a ALTER b TYPE bigint;", True),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL;", True),
        ("DROP TABLE a;", True),
    ],
)
def test_what_takes_away_is_seen(sql: str, takes: bool) -> None:
    assert takes_away(sql) is takes
