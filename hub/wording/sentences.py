"""Finds in the code what is said to people: the templates of `values.sentences.phrase`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def phrases(package: Path) -> Iterator[tuple[Path, str]]:
    """The templates in a module or in the modules of a package, with their files; each is a literal, as a test sees to."""
    for path in sorted(package.rglob("*.py")) if package.is_dir() else (package,):
        source = path.read_text()
        if "phrase(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Name(id="phrase"), args=[ast.Constant(value=str(template))]):
                    yield path, template
                case _:
                    pass
