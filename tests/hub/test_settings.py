"""Settings: defaults, and a wrong value named with its remedy."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.problem import Problem, WrongSetting
from hub.secret_key import FILE_NAME, kept_secret, write_secret
from hub.settings import VARIABLES, Settings, local_url


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_env({"HUB_DATA_DIR": str(tmp_path / "data"), **environ})


def test_an_empty_environment_is_enough(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.host, settings.port, settings.smtp_port) == ("127.0.0.1", 8080, 2525)
    assert (settings.database_url, settings.redis_url, settings.language, settings.region) == (
        "",
        "",
        "en",
        "",
    )
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.data_dir == tmp_path / "data"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("HUB_PORT", "eighty", "1 to 65535"),
        ("HUB_PORT", "0", "1 to 65535"),
        ("HUB_PORT", "70000", "1 to 65535"),
        ("HUB_PORT", "٨٠", "1 to 65535"),
        ("HUB_SMTP_PORT", "-1", "1 to 65535"),
        ("HUB_HOST", "http://x", "127.0.0.1"),
        ("HUB_DATABASE_URL", "mysql://u:hunter2@h/d", "postgresql://"),
        ("HUB_REDIS_URL", "h:6379", "redis://"),
        ("HUB_SECRET_KEY", "short", "openssl rand"),
        ("HUB_CONNECTORS_DIR", "/does/not/exist", "no such directory"),
        ("HUB_LANGUAGE", "de", "en, km, ru"),
        ("HUB_REGION", "Cambodia", "two letters"),
        ("HUB_PUBLIC_URL", "hub.example.com", "https://"),
        ("HUB_PUBLIC_URL", "https://hub.example.com/?a=1", "without a query"),
        ("HUB_DATA_DIR", "/etc/passwd", "directory"),
        ("HUB_LOG_FORMAT", "xml", "human or json"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(tmp_path: Path, name: str, value: str, remedy: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        read(tmp_path, **{name: value})
    assert str(caught.value).startswith(name)
    assert remedy in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "short" not in str(caught.value).replace("shorter", "")
    assert caught.value.exit_code == 2


def test_good_values_are_taken(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        HUB_HOST="0.0.0.0",
        HUB_PORT="9000",
        HUB_SMTP_PORT="0",
        HUB_REGION="kh",
        HUB_LANGUAGE="km",
        HUB_SECRET_KEY="x" * 32,
        HUB_PUBLIC_URL="https://hub.example.com/",
    )
    assert (settings.smtp_port, settings.region, settings.secret_key) == (0, "KH", "x" * 32)
    assert settings.public_url == "https://hub.example.com"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:1"),
        ("::", "http://[::1]:1"),
        ("::1", "http://[::1]:1"),
        ("h", "http://h:1"),
    ],
)
def test_the_address_a_browser_uses(host: str, url: str) -> None:
    assert local_url(host, 1) == url


def test_no_secret_is_shown(tmp_path: Path) -> None:
    settings = read(tmp_path, HUB_DATABASE_URL="postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(settings)
    assert settings.secret_key not in repr(settings)


def test_the_key_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(kept_secret, [tmp_path / "data"] * 16))
    assert len(keys) == 1
    path = tmp_path / "data" / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}", path.read_text().strip())
    assert [found.name for found in path.parent.iterdir()] == [FILE_NAME]


def test_a_key_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)
    write_secret(tmp_path, "other", replace=False)
    assert kept_secret(tmp_path) == first
    write_secret(tmp_path, "other", replace=True)
    assert kept_secret(tmp_path) == "other"


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with pytest.raises(Problem, match="is empty"):
        kept_secret(tmp_path)


def test_every_variable_is_documented_once() -> None:
    names = [variable.name for variable in VARIABLES]
    assert len(names) == len(set(names)) == len(Settings.__dataclass_fields__)
    assert {name.removeprefix("HUB_").lower() for name in names} == set(Settings.__dataclass_fields__)
    assert all(variable.meaning for variable in VARIABLES)
