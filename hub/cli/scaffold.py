"""A new connector's folder: a manifest that works, its README and fixtures."""

from __future__ import annotations

import re
from pathlib import Path

from hub.problem import Problem

TITLE = re.compile(r"[^\n\"'{}#:&*!|>%@`\[\],]{1,60}")


def write(place: Path, *, id_: str, title: str) -> list[Path]:
    """Write the files under `place/id_`. Raises Problem where there is something already."""
    from connectors import manifest
    from connectors.manifest.card import NAME
    from connectors.registry import scan

    if not NAME.fullmatch(id_):
        raise Problem(f"“{id_}” is no id: use small letters, digits and _, a letter first.")
    if not TITLE.fullmatch(title):
        raise Problem("The title should be one line of words.")
    if id_ in scan().connectors or id_ == "manifest":
        raise Problem(f"There is already a connector “{id_}”: give yours another id.")
    folder = place / id_
    if folder.exists():
        raise Problem(f"{folder} is there already: give another id, or remove it.")
    origin = Path(manifest.__file__ or "").parent / "scaffold"
    made: list[Path] = []
    for source in sorted(path for path in origin.rglob("*") if path.is_file()):
        target = folder / source.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("MY_ID", id_).replace("MY_TITLE", title)
        target.write_text(text, encoding="utf-8")
        made.append(target)
    return made
