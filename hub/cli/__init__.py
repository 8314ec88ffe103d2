"""The command line: one literal table of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

import click

from hub import __version__
from hub.cli.failures import sentence_of

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("hub.cli.up:up", "Run everything with one command."),
    "serve": ("hub.cli.processes:serve", "Run the pages, the API and the doors."),
    "work": ("hub.cli.processes:work", "Run receivers, the SMTP door and background jobs."),
    "migrate": ("hub.cli.processes:migrate", "Bring the database schema up to this version."),
    "bootstrap": ("hub.cli.processes:bootstrap", "Make the first user and channels; print a sign-in link."),
    "demo": ("hub.cli.demo:demo", "Fill the inbox with a lively demo world."),
    "doctor": ("hub.cli.doctor:doctor", "Say what is wrong with this installation and how to fix it."),
    "backup": ("hub.cli.backup:backup", "Write everything into one file, while the hub runs."),
    "restore": ("hub.cli.backup:restore", "Bring a backup back."),
    "channel": (
        "hub.cli.channel:channel",
        "Add, list, test, pause and resume channels; what they asked their providers.",
    ),
    "connector": ("hub.cli.connector:connector", "List, make, check, record and replay connectors."),
    "bot": ("hub.cli.bot:bot", "Check rules of the bot, play transcripts against them."),
    "user": ("hub.cli.user:user", "Add and list users, reset how they sign in."),
    "token": ("hub.cli.token:token", "Make tokens of the API."),
    "webhook": ("hub.cli.webhook:webhook", "Tell other programs what happens; how that went."),
    "alarm": ("hub.cli.alarm:alarm", "Show what is wrong, dismiss it, and say who is told of it."),
    "job": ("hub.cli.job:job", "Show what is done in the background, and stop it."),
    "field": (
        "hub.cli.field:field",
        "List, add and retire own fields of contacts, companies, deals, leads, tasks.",
    ),
    "export": ("hub.cli.export:export", "Write rows of any object as json, csv or xlsx."),
    "outbox": ("hub.cli.outbox:outbox", "List what did not go out, and try it again."),
    "ledger": ("hub.cli.ledger:ledger", "Show that what came in is accounted for."),
    "bench": ("hub.cli.bench:bench", "Measure how fast it is on this machine."),
    "quarantine": ("hub.cli.quarantine:quarantine", "List, show and replay what could not be understood."),
}
"""Command -> (module:attribute, one line of help)."""


class Commands(click.Group):
    """Imports a command when it is asked for, and turns expected failures into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if _is_there(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _is_there(cmd_name):
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:  # the reader of our output has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except (
            Exception
        ) as error:  # the outermost loop: what we can explain gets a sentence, the rest a trace
            told = sentence_of(error)
            if told is None:
                raise
            click.echo(told[0], err=True)
            ctx.exit(told[1])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="omnihub", message="%(prog)s %(version)s")
def hub() -> None:
    """One inbox for every channel, with the deal card beside the conversation.

    Settings are read from the environment; `hub doctor` lists them. Exit codes: 0 done, 1 failed, 2 usage.
    """


def _is_there(name: str) -> bool:
    return importlib.util.find_spec(COMMANDS[name][0].partition(":")[0]) is not None
