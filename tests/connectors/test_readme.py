"""The manual of the manifest language: its example works, and it names everything there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import orjson
import pytest

from connectors import contract
from connectors.conformance import Subject, subject_of
from connectors.conformance.run import CHECKS, run_one
from connectors.manifest import card, gate, incoming, load, names, outgoing
from connectors.manifest.connector import ManifestConnector
from connectors.manifest.filters import FILTERS
from connectors.manifest.functions import Functions
from connectors.manifest.load import parse_manifest
from connectors.manifest.values import FORMATS
from connectors.signing import ALGORITHMS, ENCODINGS
from hub.cli.scaffold import write
from hub.http import HttpClient

FUNCTIONS = [name.removeprefix("_func_") for name in vars(Functions) if name.startswith("_func_")]
README = (Path(contract.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0]
REFERENCE = README.partition("## The manifest")[2].partition("## In code")[0]
TERMS = {
    *load.TOP, *card.SETTING_KEYS, *card.SETTING_TYPES, *gate.CHECK_KEYS, *ALGORITHMS, *ENCODINGS, *FORMATS,
    *incoming.FIELD, *incoming.SOURCE, *load.RECEIVE, "like", "zone", *FUNCTIONS,
    *incoming.PERSON, *incoming.ATTACHMENT, *incoming.KINDS, *outgoing.REQUEST_KEYS, *outgoing.LISTS,
    *names.MESSAGE, *names.ANSWER, *names.REPLY, *names.EVENT, *names.ITEM, *names.FILE, *names.REF,
    *(name for kind in incoming.KINDS.values() for name in kind),
    *(word for words in incoming.WORDS.values() for word in words),
    *(field.name for field in fields(contract.Abilities)), "upload", "upload_id", "for_each", "make", "lookup", "hosts",
}  # fmt: skip


@pytest.mark.parametrize("term", sorted(TERMS | set(FILTERS)))
def test_the_reference_names_it(term: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){re.escape(term)}(?![\w-])[^`\n]*`", REFERENCE), term


def example(folder: Path) -> Subject:
    """The example with the fixtures that `hub connector new` writes, which are of the same provider."""
    write(folder, id_="acme_sms", title="Acme SMS")
    return subject_of(ManifestConnector(parse_manifest(EXAMPLE, source="README.md")), folder / "acme_sms")


@pytest.mark.parametrize("check", [name for name, _, _ in CHECKS])
async def test_the_example_keeps_every_promise(check: str, tmp_path: Path) -> None:
    subject, http = example(tmp_path), HttpClient()
    try:
        result = await run_one(check, subject, http.for_channel(subject.channel))
    finally:
        await http.close()
    assert result.verdict != "failed", result.detail


def test_what_it_shows_as_json_is_json() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        assert orjson.loads(block)
