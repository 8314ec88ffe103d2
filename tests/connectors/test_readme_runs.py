"""The hour of connectors/README.md, from its first to its last line, beside a running hub; what it shows is what comes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors import contract
from connectors.contract import Connector
from tests.snippets import Block, Shell, blocks, running_hub
from values.sentences import Sentence

README = (Path(contract.__file__).parent / "README.md").read_text(encoding="utf-8")
HOUR, _, REST = README.partition("## The manifest")
BLOCKS = blocks(HOUR)
SHELL = [block for block in BLOCKS if block.kind == "shell"]
EVENT, FIXTURE, SENDING = (block.text for block in BLOCKS if block.kind == "json")
MANIFEST = next(block.text for block in BLOCKS if block.kind == "yaml")
FAULT = re.compile(r"^my-connectors/\S+:(\d+):(\d+): at: the name “evnt”.*$", re.MULTILINE)


def test_all_blocks_of_the_hour_have_their_place_here() -> None:
    """Four steps of commands (one of them what the check prints), two payloads, two fixtures' shapes and the manifest."""
    assert [block.kind for block in BLOCKS] == [
        "json",
        "shell",
        "yaml",
        "shell",
        "shell",
        "json",
        "json",
        "shell",
    ]
    # The parts of a manifest are played in test_readme.py; both pieces of code are run below.
    assert [block.kind for block in blocks(REST)] == [*["yaml"] * 4, "python", "python"]


@pytest.fixture
async def acme() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"id": "out-1"}, status=201 if request.method == "POST" else 200)

    server = TestServer(web.Application())
    server.app.router.add_route("*", "/{rest:.*}", answer)
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@pytest.mark.timeout(600)
async def test_the_hour_goes_as_it_says(tmp_path: Path, db_url: str, redis_url: str, acme: str) -> None:
    make, fault, record, check = SHELL
    folder = tmp_path / "my-connectors" / "acme_sms"
    alone = Shell(tmp_path, _env(db_url, redis_url, tmp_path))
    told = await alone.run(make.text)
    assert "acme_sms: ok" in told
    export = make.commands[0]
    async with running_hub(
        tmp_path, db_url=db_url, redis_url=redis_url, HUB_CONNECTORS_DIR=str(tmp_path / "my-connectors")
    ) as shell:
        await _mistake(shell, folder, fault)
        (folder / "connector.yaml").write_text(MANIFEST.replace("https://api.acme.example", acme))
        await _record(shell, record, folder)
        await _fixtures(folder)
        told = await shell.run(f"{export}\n{check.text}")
        assert "acme_sms: ok" in told
        assert "connected:" in told, told


def _env(db_url: str, redis_url: str, home: Path) -> dict[str, str]:
    import os
    import sys

    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    root = str(Path(__file__).resolve().parents[2])
    return {
        **kept, "PYTHON": sys.executable, "PYTHONPATH": root, "HUB_DATABASE_URL": db_url, "HUB_REDIS_URL": redis_url,
        "HUB_DATA_DIR": str(home / "first"),
    }  # fmt: skip


async def _mistake(shell: Shell, folder: Path, shown: Block) -> None:
    """The misspelt name is told in the words that the README shows, at the place where it stands."""
    (folder / "connector.yaml").write_text(MANIFEST.replace("at: event.sent_at", "at: evnt.sent_at"))
    told = await shell.run("hub connector check my-connectors/acme_sms", code=1)
    assert shown.text.strip().removeprefix("my-connectors/") in told, told
    assert FAULT.search(shown.text)


async def _record(shell: Shell, block: Block, folder: Path) -> None:
    """The provider posts five requests while they are recorded; the last of them is looked at."""
    add, record, replay = block.commands
    await shell.run(add)
    recording = asyncio.create_task(shell.run(record))
    posting = asyncio.create_task(_post(shell))
    written = [Path(line) for line in (await recording).splitlines() if line.endswith(".json")]
    await posting
    assert len(written) == 5
    assert all(path.is_file() for path in written)
    name = f"my-connectors/acme_sms/fixtures/{written[-1].name}"
    assert "InboundMessage" in await shell.run(re.sub(r"\S+/message_17\.json", name, replay))


async def _post(shell: Shell) -> None:
    """The payload that the README shows, from now on with ids of its own."""
    address = f"http://{shell.said['127.0.0.1:8080']}/in/acme"
    async with aiohttp.ClientSession() as client:
        for n in range(2_000):
            body = EVENT.replace('"m-1"', f'"m-{n}"').encode()
            sign = "sha256=" + hmac.digest(b"S", body, hashlib.sha256).hex()
            headers = {"X-Signature": sign, "Content-Type": "application/json"}
            async with client.post(address, data=body, headers=headers) as answer:
                accepted = answer.status == 200
            if accepted and n and await _are_written(shell):
                return
            await asyncio.sleep(0.05)


async def _are_written(shell: Shell) -> bool:
    return len(list((shell.home / "my-connectors/acme_sms/fixtures").glob("message_*.json"))) >= 5


async def _fixtures(folder: Path) -> None:
    """The two that are shown, under names of their own."""
    (folder / "fixtures" / "unsupported_nothing_there.json").write_text(FIXTURE)
    (folder / "fixtures" / "send" / "shown.json").write_text(SENDING)
    assert orjson.loads(FIXTURE)["expected"]


def test_the_class_it_shows_is_a_connector() -> None:
    source = next(block.text for block in blocks(REST) if block.kind == "python")
    module = ModuleType("acme")
    vars(module).update({name: getattr(contract, name) for name in dir(contract)})
    vars(module)["Sequence"] = list
    source = source.replace("settings=(...)", "settings=()")
    exec(compile(f"from __future__ import annotations\n{source}", "README.md", "exec"), vars(module))
    made = vars(module)["connector"]
    assert isinstance(made, Connector)
    assert made.spec.id == "acme"


def test_the_sentence_it_shows_carries_its_id_and_values() -> None:
    *_, source = (block.text for block in blocks(REST) if block.kind == "python")
    with pytest.raises(contract.Refused) as raised:
        exec(compile(source, "README.md", "exec"), {"Refused": contract.Refused, "name": "Ann"})
    assert str(raised.value) == "The sender “Ann” is no phone number."
    assert isinstance(raised.value.args[0], Sentence)
