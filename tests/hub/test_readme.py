"""The snippets of the README: commands are ones that there are, requests do what is said beside them."""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import click
import pytest
from aiohttp.test_utils import TestClient, TestServer

from hub import bootstrap
from hub.api import tokens
from hub.cli import hub
from hub.serve import build_app
from hub.settings import VARIABLES
from tests.bundled import bundled
from tests.world import World, close_world, open_world

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", README, re.MULTILINE)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
SNIPPETS = [shlex.split(line, comments=True) for line in LINES if line.startswith(("hub ", "curl "))]
ADDRESS = "http://127.0.0.1:8080"


def commands(name: str) -> list[list[str]]:
    """The snippets' calls of a program, with what stands in `$(...)` and in the text between."""
    inside = re.findall(rf"\$\(({name} [^)]*)\)", README)
    inline = re.findall(rf"`({name} [a-z][^`]*)`", README)
    told = [line for line in [*LINES, *inside, *inline] if line.startswith(f"{name} ")]
    return [shlex.split(line.partition(" > ")[0], comments=True) for line in told]


@pytest.mark.parametrize("words", commands("hub"), ids=" ".join)
def test_a_command_takes_what_the_readme_gives_it(words: list[str]) -> None:
    """Parsed as it is written, down to its last option; what it does has tests of its own."""
    context = click.Context(hub, info_name="hub")
    command: click.Command = hub
    rest = words[1:]
    while isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        assert found, f"there is no {' '.join(words)}"
        command, rest = found, rest[1:]
    if isinstance(command, click.Group) and not rest:
        return
    try:
        command.make_context(words[-1], rest)
    except click.MissingParameter:
        assert words not in SNIPPETS  # in the text a command may be named without what it takes


@pytest.mark.parametrize("words", commands("make"), ids=" ".join)
def test_a_target_of_make_is_there(words: list[str]) -> None:
    assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_variable_stands_in_the_table() -> None:
    table = README.partition("## Settings")[2].partition("## Deploying")[0]
    missing = [variable.name for variable in VARIABLES if f"`{variable.name}`" not in table]
    assert not missing


def test_every_bundled_connector_is_named() -> None:
    missing = [name for name in bundled() if f"connectors/{name}/README.md" not in README]
    assert not missing


def test_every_file_it_points_at_is_there() -> None:
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_mail_that_it_sends_is_python() -> None:
    program = README.partition("python3 - <<END\n")[2].partition("    END")[0]
    code = "\n".join(line.removeprefix("    ") for line in program.splitlines())
    compile(code, "README.md", "exec")


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, connectors=tuple(bundled().values()))
    await bootstrap.bootstrap(made.pool, made.runtime.settings)
    await made.runtime.refresh()
    yield made
    await close_world(made)


async def test_its_requests_are_answered_as_it_says(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        token = await tokens.create(conn, name="reports", scopes=["read"])
    client = TestClient(TestServer(build_app(world.runtime)))
    await client.start_server()
    try:
        for words in commands("curl"):
            address = next(word for word in words if word.startswith(ADDRESS))
            fields = dict(word.split("=", 1) for flag, word in pairwise(words) if flag == "-d")
            headers = dict(
                word.replace("$TOKEN", token).split(": ", 1) for flag, word in pairwise(words) if flag == "-H"
            )
            method = "POST" if fields else "GET"
            async with client.request(
                method, address.removeprefix(ADDRESS), data=fields or None, headers=headers
            ) as answer:
                assert answer.status == 200, (words, await answer.text())
    finally:
        await client.close()
    await world.settled()
    assert await world.value("SELECT count(*) FROM crm_contact WHERE name = 'Anna'") == 1
