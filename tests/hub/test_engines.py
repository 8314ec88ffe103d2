"""The embedded engines: durable, found again, and never in the way of the next start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from hub.engines import data_directory as places
from hub.engines import memory, wire
from hub.engines.account import engine_account
from hub.engines.data_directory import make_place, reachable
from hub.engines.embedded import at_hand, attached
from hub.engines.engine import Engine, start
from hub.engines.locate import find_postgres, find_valkey, valkey_name
from hub.engines.lock import DirectoryInUse, locked
from hub.engines.postgres import Postgres
from hub.engines.process import is_alive, living_in, stop, wait_until
from hub.engines.valkey import Valkey
from hub.problem import Problem
from hub.settings import Settings


@pytest.fixture
def data_dir() -> Generator[Path]:
    """A data directory that the engines' account can reach, also when the tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="omnihub-engines-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def running() -> Generator[ExitStack]:
    """Stops, at the end of the test, what the test started."""
    with ExitStack() as stack:
        yield stack


def run(engine: Engine, running: ExitStack) -> subprocess.Popen[bytes]:
    process = start(engine, print)
    running.callback(stop, process, engine.stop_steps)
    return process


def ask(postgres: Postgres, statement: str) -> list[str]:
    return wire.postgres(postgres.socket, statement, user="omnihub", database="omnihub")


def make_postgres(data_dir: Path) -> Postgres:
    place = make_place(data_dir, print)
    return Postgres(place, reachable(find_postgres(), program="postgres", account=place.account, say=print))


def make_valkey(data_dir: Path) -> Valkey:
    place = make_place(data_dir, print)
    programs = find_valkey()
    return Valkey(place, reachable(programs, program=valkey_name(programs), account=place.account, say=print))


def test_postgres_keeps_what_was_committed_when_it_is_killed(data_dir: Path, running: ExitStack) -> None:
    first = make_postgres(data_dir)
    process = run(first, running)
    ask(first, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 5000) n")
    process.kill()
    process.wait()
    second = make_postgres(data_dir)
    run(second, running)
    assert ask(second, "SELECT count(*) FROM kept") == ["5000"]


def test_durable_settings_are_on_and_letters_are_seen(data_dir: Path, running: ExitStack) -> None:
    postgres = make_postgres(data_dir)
    run(postgres, running)
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(postgres, f"SHOW {name}") == ["on"]
    assert ask(postgres, "SHOW listen_addresses") == [""]
    ask(postgres, "CREATE EXTENSION pg_trgm")
    assert ask(postgres, "SELECT similarity('Иванов', 'Иваноф') > 0.5") == ["t"]
    assert ask(postgres, "SELECT upper('ё') || lower('Ж')") == ["Ёж"]


def test_a_server_left_over_from_a_killed_hub_is_ended(data_dir: Path, running: ExitStack) -> None:
    orphan = make_postgres(data_dir)
    left = run(orphan, running)
    ask(orphan, "CREATE TABLE kept ()")
    postgres = make_postgres(data_dir)
    run(postgres, running)
    assert left.poll() is not None
    assert ask(postgres, "SELECT to_regclass('kept') IS NOT NULL") == ["t"]


@pytest.mark.parametrize("number", ["1", "ours", "99999999", "nonsense"])
def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(
    data_dir: Path, running: ExitStack, number: str
) -> None:
    postgres = make_postgres(data_dir)
    stop(start(postgres, print), postgres.stop_steps)
    pid = str(os.getpid()) if number == "ours" else number
    (postgres.data / "postmaster.pid").write_text(f"{pid}\n{postgres.data}\n1\n5432\n")
    run(postgres, running)
    assert ask(postgres, "SELECT 1") == ["1"]


def test_a_directory_of_another_major_version_is_refused(data_dir: Path) -> None:
    postgres = make_postgres(data_dir)
    stop(start(postgres, print), postgres.stop_steps)
    (postgres.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(Problem, match=r"made by PostgreSQL 14.*hub restore"):
        start(postgres, print)


def test_a_start_that_fails_says_why(data_dir: Path) -> None:
    place = make_place(data_dir, print)
    programs = reachable(find_postgres(), program="postgres", account=place.account, say=print)
    broken = Postgres(place, programs, {"shared_buffers": "lots"})
    with pytest.raises(Problem, match=r"PostgreSQL ended with 1: .*shared_buffers"):
        start(broken, print)


def test_an_initdb_that_was_cut_off_is_done_again(data_dir: Path, running: ExitStack) -> None:
    place = make_place(data_dir, print)
    half = place.directory("postgres.new")
    (half / "PG_VERSION").write_text("18\n")
    postgres = make_postgres(data_dir)
    run(postgres, running)
    assert ask(postgres, "SELECT 1") == ["1"]


def test_sockets_move_out_of_a_path_too_long_for_the_kernel(data_dir: Path, running: ExitStack) -> None:
    deep = data_dir / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    postgres = make_postgres(deep)
    run(postgres, running)
    running.callback(shutil.rmtree, postgres.socket.parent)
    assert len(str(postgres.socket)) < 100
    assert postgres.socket.parent.stat().st_mode & 0o077 == 0
    assert ask(postgres, "SELECT 1") == ["1"]


def test_valkey_keeps_what_was_written_when_it_is_killed(data_dir: Path, running: ExitStack) -> None:
    first = make_valkey(data_dir)
    process = run(first, running)
    assert wire.valkey(first.socket, "SET", "kept", "ស្រី") == "+OK"
    assert wire.valkey(first.socket, "CONFIG", "GET", "maxmemory-policy").endswith("noeviction")
    process.kill()
    process.wait()
    second = make_valkey(data_dir)
    run(second, running)
    assert wire.valkey(second.socket, "GET", "kept").endswith("ស្រី")


def test_a_valkey_left_over_is_ended(data_dir: Path, running: ExitStack) -> None:
    left = run(make_valkey(data_dir), running)
    run(make_valkey(data_dir), running)
    assert left.poll() is not None


def test_engines_are_started_for_a_command_and_found_by_another(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    with pytest.raises(Problem, match="hub up"):
        attached(settings)
    with at_hand(settings, print) as first, at_hand(settings, print) as second:
        assert second.database_url == first.database_url
        assert attached(settings).redis_url == first.redis_url
    assert not living_in(data_dir / "engines" / "postgres")
    with pytest.raises(Problem, match="hub up"):
        attached(settings)


def test_urls_are_used_as_they_are(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none", database_url="postgresql://h/d", redis_url="redis://h")
    with at_hand(settings, print) as given:
        assert given is settings
    assert not settings.data_dir.exists()


def test_a_data_directory_has_one_holder(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(DirectoryInUse, match=f"process {os.getpid()}"), locked(tmp_path):
        raise AssertionError("two holders")
    with locked(tmp_path):
        pass


def test_engines_die_with_their_parent_even_when_it_is_killed(data_dir: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from hub.settings import Settings;"
        "from hub.engines.embedded import at_hand\n"
        "with at_hand(Settings(data_dir=Path(sys.argv[1])), print):\n"
        "    print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, data_dir], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    homes = [data_dir / "engines" / name for name in ("postgres", "valkey")]
    assert all(living_in(home) for home in homes)
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: not any(living_in(home) for home in homes), 120.0)


def test_root_keeps_private_directories_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_dir: Path, running: ExitStack
) -> None:
    """A data directory and programs that the engines' account cannot reach: both go where it can, nothing is opened."""
    monkeypatch.setattr(places, "STATE_HOME", data_dir / "state")
    secret = tmp_path / "private"
    secret.mkdir(mode=0o700)
    said: list[str] = []
    place = make_place(secret, said.append)
    programs = _private_copy(secret)
    postgres = Postgres(
        place, reachable(programs, program="postgres", account=place.account, say=said.append)
    )
    run(postgres, running)
    assert ask(postgres, "SELECT 1") == ["1"]
    assert secret.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert place.home.parent == data_dir / "state"
        assert len(said) == 2
        assert make_place(secret, said.append) == place
        assert postgres.data.stat().st_uid != 0
    else:
        assert place.home == secret / "engines"
        assert said == []


def test_a_database_of_another_user_is_refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = data_dir / "engines"
    home.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(Problem, match=r"belongs to another user|run the hub as that user"):
        places.make_owned(home, None)
    assert engine_account(home) is None


def test_a_zombie_counts_as_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    assert wait_until(lambda: not is_alive(child.pid), 60.0)
    assert child.wait() == 0
    assert is_alive(os.getpid())


def test_a_stubborn_child_is_killed_in_the_end() -> None:
    code = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    stop(child, [(signal.SIGTERM, 0.1)])
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL


def _private_copy(secret: Path) -> places.Programs:
    """The located PostgreSQL as it would be in a clone below a private directory."""
    found = find_postgres()
    if not found.bundle:
        return found
    root = secret / "site-packages"
    for tree in found.bundle:
        shutil.copytree(
            tree, root / tree.relative_to(found.root), ignore=shutil.ignore_patterns("include"), symlinks=True
        )
    return replace(
        found,
        root=root,
        directory=root / found.directory.relative_to(found.root),
        bundle=tuple(root / tree.relative_to(found.root) for tree in found.bundle),
    )


def test_a_link_to_a_place_that_is_gone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "engines").symlink_to(tmp_path / "gone")
    with pytest.raises(Problem, match="which is gone"):
        make_place(tmp_path, print)


@pytest.mark.parametrize(
    ("gigabytes", "expected"), [(0, 128), (0.5, 128), (1, 128), (2, 256), (4, 512), (8, 1024), (64, 1024)]
)
def test_the_database_keeps_an_eighth_of_the_memory_within_bounds(gigabytes: float, expected: int) -> None:
    assert memory.megabytes(int(gigabytes * 1024**3)) == expected
