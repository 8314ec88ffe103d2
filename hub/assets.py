"""The front-end libraries: copied from node_modules, where npm put the locked versions, to where pages load them."""

from __future__ import annotations

import shutil
from pathlib import Path

from hub.problem import Problem

ROOT = Path(__file__).parents[1]
VENDOR = Path(__file__).parent / "web" / "static" / "vendor"

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
    "Sortable.min.js": "sortablejs/Sortable.min.js",
}
"""File name below static/vendor/ -> its place in node_modules."""


def missing_assets() -> list[str]:
    """The files pages need that are not there."""
    return [name for name in FILES if not (VENDOR / name).is_file()]


def copy_assets(modules: Path = ROOT / "node_modules", target: Path = VENDOR) -> list[Path]:
    """Copy every file into `target`. Raises Problem when npm has not been run."""
    target.mkdir(parents=True, exist_ok=True)
    copied: list[Path] = []
    for name, source in FILES.items():
        if not (modules / source).is_file():
            raise Problem(f"{source} is missing in {modules}: run `make assets`.")
        copied.append(Path(shutil.copyfile(modules / source, target / name)))
    return copied


if __name__ == "__main__":
    try:
        copy_assets()
    except Problem as problem:
        raise SystemExit(str(problem)) from None
