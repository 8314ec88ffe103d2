"""`hub doctor`."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from hub.cli.session import print_json
from hub.settings import VARIABLES

MARKS = {"ok": ("ok   ", "green"), "note": ("note ", "yellow"), "wrong": ("WRONG", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation and how to fix it; list the settings. Exit code 1: something is wrong."""
    from hub.doctor.examine import examine

    findings = examine(os.environ)
    broken = [finding for finding in findings if finding.state == "wrong"]
    if as_json:
        print_json(
            {"ok": not broken, "findings": [asdict(finding) for finding in findings], "settings": _settings()}
        )
    else:
        for finding in findings:
            mark, colour = MARKS[finding.state]
            click.echo(f"{click.style(mark, fg=colour)}  {finding.name:15} {finding.found}")
            if finding.remedy:
                click.echo(f"{'':23} {finding.remedy}")
        click.echo("\nSettings")
        for name, row in _settings().items():
            click.echo(f"  {name:20} {row['value'] or '-':24} {row['meaning']}")
    raise SystemExit(1 if broken else 0)


def _settings() -> dict[str, dict[str, str]]:
    """Every variable: what it is set to (never a secret) and what it is for."""
    return {
        variable.name: {"value": _shown(variable.name, variable.default), "meaning": variable.meaning}
        for variable in VARIABLES
    }


def _shown(name: str, default: str) -> str:
    given = os.environ.get(name, "").strip()
    if given and name.endswith(("_KEY", "_URL")) and name != "HUB_PUBLIC_URL":
        return "(set)"
    return given or default
