"""The conformance suite as the command line runs it: connectors found by id or folder, faults and results as plain data."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from connectors.contract import Connector
from hub.problem import Problem


def check_all(which: str, extra: Path | None) -> list[dict[str, Any]]:
    """`which` is an id, a folder, or empty for all. What does not load has its faults, with line and column."""
    logging.disable(logging.ERROR)  # the suite provokes faults; what counts is in its verdicts
    try:
        return asyncio.run(_check(_chosen(which, extra)))
    finally:
        logging.disable(logging.NOTSET)


def connector_of(folder: Path) -> tuple[Connector | None, list[str]]:
    """The connector of a folder, or what is wrong with it."""
    from connectors.manifest.problems import ManifestInvalid
    from connectors.registry import CODE, MANIFEST, from_folder

    if not (folder / CODE).is_file() and not (folder / MANIFEST).is_file():
        return None, [f"{folder} has no {MANIFEST}: `hub connector new` makes one."]
    try:
        return from_folder(folder), []
    except ManifestInvalid as error:
        return None, [str(problem) for problem in error.problems]
    except Exception as error:  # a connector of code may fail in any way while it is loaded
        return None, [f"{folder / CODE} does not load: {type(error).__name__}: {error}"]


def _chosen(which: str, extra: Path | None) -> list[tuple[str, Path | None, Connector | None, list[str]]]:
    from connectors.registry import scan

    path = Path(which.removesuffix("/connector.yaml")) if which else Path()
    if which and path.is_dir():
        return [(path.resolve().name, path.resolve(), *connector_of(path.resolve()))]
    found = scan(extra)
    chosen: list[tuple[str, Path | None, Connector | None, list[str]]] = [
        (name, found.folders.get(name), made, list[str]())
        for name, made in sorted(found.connectors.items())
        if which in ("", name)
    ]
    for name, fault in sorted(found.faults.items()):
        if which in ("", name):
            chosen.append((name, None, None, fault.splitlines()))
    if not chosen:
        known = ", ".join(sorted(found.connectors))
        raise Problem(f"There is no connector or folder “{which}”. Known: {known}.")
    return chosen


async def _check(chosen: list[tuple[str, Path | None, Connector | None, list[str]]]) -> list[dict[str, Any]]:
    from hub.http import HttpClient

    client = HttpClient()
    try:
        return [
            {"connector": name, **(await _tried(made, folder, client) if made else _broken(faults))}
            for name, folder, made, faults in chosen
        ]
    finally:
        await client.close()


def _broken(faults: list[str]) -> dict[str, Any]:
    return {"ok": False, "faults": faults, "results": []}


async def _tried(made: Connector, folder: Path | None, client: Any) -> dict[str, Any]:
    from connectors.conformance import Failed, run, subject_of

    try:
        subject = subject_of(made, folder)
    except Failed as error:
        return _broken([str(error)])
    results = await run(subject, client.for_channel(subject.channel))
    return {
        "ok": all(result.verdict != "failed" for result in results),
        "faults": [],
        "results": [
            {"check": result.check, "verdict": result.verdict, "detail": result.detail} for result in results
        ],
    }
