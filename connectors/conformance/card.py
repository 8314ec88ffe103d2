"""Checks of what a connector says of itself: its card, its README, its fixtures."""

from __future__ import annotations

import re
from typing import Any

from connectors.conformance.model import Skipped, Subject, needed
from connectors.contract import Abilities, Connector, Door, Receiver
from connectors.manifest.connector import ManifestConnector

TYPES = ("text", "secret", "number", "flag", "choice", "list", "long")
SHORTEST_README = 200
NAME = re.compile(r"[a-z][a-z0-9_]*")


async def card(subject: Subject) -> None:
    """Its id is its folder's name; every setting is complete; limits are limits."""
    spec, abilities = subject.connector.spec, subject.connector.spec.abilities
    given: Any = subject.connector
    needed(isinstance(given, Connector), "spec, parse, send and probe are needed")
    needed(NAME.fullmatch(spec.id), f"the id {spec.id!r} is not small letters, digits and _")
    needed(subject.folder is None or subject.folder.name == spec.id, f"its folder is not called {spec.id}")
    needed(spec.title and spec.summary and spec.handle_kind, "it needs a title, a summary and a handle_kind")
    names = [setting.name for setting in spec.settings]
    needed(len(names) == len(set(names)), "two settings have the same name")
    for setting in spec.settings:
        where = f"the setting {setting.name}"
        needed(setting.label, f"{where} has no label")
        needed(setting.type in TYPES, f"{where} has the unknown type {setting.type}")
        needed(
            (setting.type == "choice") == bool(setting.choices), f"{where}: choices are for the type choice"
        )
        needed(
            setting.type != "choice" or setting.default in (None, *setting.choices), f"{where}: odd default"
        )
        needed(setting.type != "secret" or not setting.default, f"{where} is a secret with a default")
    limits = (abilities.max_text, abilities.body_limit, abilities.per_second)
    needed(min(limits) > 0, "max_text, body_limit and per_second are more than nothing")
    needed(abilities.body_limit <= 64 * Abilities().body_limit, "body_limit is more than 64 MB")


async def ways(subject: Subject) -> None:
    """Something comes in, or something goes out."""
    is_in = isinstance(subject.connector, Door | Receiver)
    needed(is_in or subject.connector.spec.abilities.replies, "nothing comes in and nothing goes out")


async def readme(subject: Subject) -> None:
    """A README that says how to set it up, naming every setting that is required."""
    if subject.folder is None:
        raise Skipped("it comes from an installed package")
    path = subject.folder / "README.md"
    needed(path.is_file(), "there is no README.md beside it")
    text = path.read_text(encoding="utf-8").lower()
    needed(
        len(text) > SHORTEST_README,
        f"README.md has {len(text)} characters: say in {SHORTEST_README} or more how to set it up",
    )
    for setting in subject.connector.spec.settings:
        if setting.required:
            known = setting.name.lower() in text or setting.label.lower() in text
            needed(known, f"README.md does not say where “{setting.label}” comes from")


async def fixtures(subject: Subject) -> None:
    """Recorded requests to try it with, and where it sends by a manifest, recorded messages."""
    if subject.folder is None:
        raise Skipped("it comes from an installed package")
    places = (subject.folder / "fixtures").glob("*")
    found = [path for path in places if path.is_file() and not path.name.startswith(".")]
    connector = subject.connector
    manifest = connector.manifest if isinstance(connector, ManifestConnector) else None
    if manifest is None or manifest.cases:
        needed(found, "there are no recorded requests in fixtures/: record one with `hub connector record`")
    if manifest is not None and manifest.variants:
        needed(
            subject.sendings,
            "there are no recorded messages in fixtures/send/: write down one, with the provider's answer",
        )
