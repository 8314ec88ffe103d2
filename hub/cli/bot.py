"""`hub bot`: the bot's rules from the command line."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from hub.cli.session import print_json

STARTERS = ("general", "shop", "clinic", "school", "real_estate", "services")


@click.group()
def bot() -> None:
    """Check rules of the bot, play transcripts against them, print starter rules."""


@bot.command()
@click.argument("name", type=click.Choice(STARTERS), default=STARTERS[0])
def starter(name: str) -> None:
    """Print starter rules: general ones, or those of a trade."""
    import chatbot

    click.echo(chatbot.starter_text(name), nl=False)


@bot.command()
@click.argument("rules", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def check(rules: Path, as_json: bool) -> None:
    """Say what is wrong with a rules file, with line, column and remedy; exit code 1 if anything is."""
    from chatbot.parse import load
    from chatbot.problems import RulesInvalid

    problems: tuple[object, ...] = ()
    try:
        found = load(_read(rules), source=str(rules))
    except RulesInvalid as error:
        problems = error.problems
        if as_json:
            print_json(
                [
                    {"line": each.line, "column": each.column, "what": each.what, "remedy": each.remedy}
                    for each in error.problems
                ]
            )
        for each in () if as_json else error.problems:
            click.echo(str(each))
    else:
        if as_json:
            print_json([])
        else:
            click.echo(
                f"{rules}: no mistakes; {len(found.rules)} rules, {len(found.examples or ())} examples."
            )
    raise SystemExit(1 if problems else 0)


@bot.command()
@click.argument("scripts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rules file; the starter rules.",
)
@click.option("--keep", is_flag=True, help="Write what the bot says now into the transcripts.")
def test(scripts: tuple[Path, ...], rules: Path | None, keep: bool) -> None:
    """Play transcripts (`> customer`, `< bot`, `! effect`; a folder is searched for *.txt); exit code 1 if one differs."""
    import chatbot
    from chatbot.parse import load
    from chatbot.problems import RulesInvalid

    try:
        loaded = load(_read(rules), source=str(rules)) if rules else chatbot.starter_rules()
    except RulesInvalid as error:
        raise click.ClickException(str(error)) from None
    paths = [
        path for given in scripts for path in (sorted(given.glob("**/*.txt")) if given.is_dir() else [given])
    ]
    if not paths:
        raise click.ClickException("There are no transcripts (*.txt) in that folder.")
    differing = [path for path in paths if not _plays(path, loaded, keep=keep)]
    click.echo(f"{len(paths) - len(differing)} of {len(paths)} transcripts are right.")
    raise SystemExit(1 if differing and not keep else 0)


def _plays(path: Path, rules: object, *, keep: bool) -> bool:
    """Play one; show how it differs."""
    from chatbot.rules import RuleSet
    from chatbot.transcript import TranscriptInvalid, play

    assert isinstance(rules, RuleSet)
    script = _read(path)
    try:
        played = play(rules, script)
    except TranscriptInvalid as error:
        raise click.ClickException(f"{path}: {error}") from None
    if played == script:
        return True
    click.secho(f"{path}: {'changed' if keep else 'DIFFERS'}", bold=True)
    lines = difflib.unified_diff(
        script.splitlines(), played.splitlines(), "written", "played", lineterm="", n=2
    )
    for line in lines:
        click.secho(line, fg={"+": "green", "-": "red"}.get(line[:1]))
    if keep:
        path.write_text(played, encoding="utf-8")
    return False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text.") from None
