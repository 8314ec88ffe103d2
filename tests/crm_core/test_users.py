"""Users: passwords, the second factor with its replay guard, and an installation that keeps an admin."""

from __future__ import annotations

import time

import pyotp
import pytest
from pyotp.totp import TOTP

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users import totp
from crm_core.users.model import SYSTEM, UserChanges, Viewer
from hub.crypto import Cipher
from values.errors import Conflict, Forbidden, Invalid, NotFound

PASSWORD = "correct horse battery"


async def test_a_user_comes_back_as_made(conn: Conn) -> None:
    made = await users.create(
        conn,
        email=" Dara@Example.test",
        name="Dara\u202e សុខ",
        role="manager",
        language="km",
        timezone="Asia/Phnom_Penh",
    )
    assert (made.email, made.name, made.has_password, made.has_totp) == (
        "dara@example.test",
        "Dara សុខ",
        False,
        False,
    )
    assert await users.get(conn, made.id) == made
    assert await users.by_email(conn, "DARA@example.test") == made
    with pytest.raises(Conflict):
        await users.create(conn, email="dara@EXAMPLE.test", name="Other", role="ops")
    changed = await users.update(conn, made.id, UserChanges(extension=" 101 ", capacity=3))
    assert await users.by_extension(conn, "101") == changed
    assert await users.by_extension(conn, "") is None
    await users.set_available(conn, made.id, True)
    left = await users.update(conn, made.id, UserChanges(is_active=False))
    assert not left.is_available
    assert await users.by_extension(conn, "101") is None
    with pytest.raises(NotFound):
        await users.get(conn, 2**40)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("name", "\u202e "),
        ("role", "king"),
        ("timezone", "Mars/Base"),
        ("timezone", "../etc/passwd"),
        ("capacity", -1),
    ],
)
async def test_bad_values_name_their_field(conn: Conn, field: str, value: object) -> None:
    made = await users.create(conn, email="a@x.test", name="A", role="manager")
    with pytest.raises(Invalid) as caught:
        await users.update(conn, made.id, UserChanges(**{field: value}))
    assert caught.value.field == field


async def test_the_last_admin_stays(conn: Conn) -> None:
    one = await users.create(conn, email="a@x.test", name="A", role="admin")
    for change in ({"role": "ops"}, {"is_active": False}):
        with pytest.raises(Conflict):
            await users.update(conn, one.id, UserChanges(**change))
    await users.create(conn, email="b@x.test", name="B", role="admin")
    assert (await users.update(conn, one.id, UserChanges(role="manager"))).role == "manager"


async def test_only_the_right_password_of_an_active_user_opens(conn: Conn) -> None:
    made = await users.create(conn, email="a@x.test", name="A", role="manager")
    assert await users.verify_password(conn, "a@x.test", "") is None
    for weak in ("short", "aaaaaaaaaaaaaa", "password123", "x" * 2000):
        with pytest.raises(Invalid):
            await users.set_password(conn, made.id, weak)
    await users.set_password(conn, made.id, PASSWORD)
    found = await users.verify_password(conn, "A@x.test ", PASSWORD)
    assert found is not None
    assert found.has_password
    for email, password in (
        ("a@x.test", PASSWORD + " "),
        ("b@x.test", PASSWORD),
        ("", ""),
        ("a@x.test", "x" * 10**6),
    ):
        assert await users.verify_password(conn, email, password) is None
    await users.create(conn, email="c@x.test", name="C", role="admin")
    await users.update(conn, made.id, UserChanges(is_active=False))
    assert await users.verify_password(conn, "a@x.test", PASSWORD) is None


async def test_an_unknown_mail_address_takes_as_long(conn: Conn) -> None:
    made = await users.create(conn, email="a@x.test", name="A", role="manager")
    await users.set_password(conn, made.id, PASSWORD)
    await users.verify_password(conn, "nobody@x.test", PASSWORD)

    async def quickest(email: str) -> float:
        """In processor time, so that the machine does not count."""
        took: list[float] = []
        for _ in range(3):
            start = time.process_time()
            await users.verify_password(conn, email, "wrong password")
            took.append(time.process_time() - start)
        return min(took)

    known, unknown = await quickest("a@x.test"), await quickest("nobody@x.test")
    assert unknown > known / 3, (known, unknown)


async def test_a_code_opens_once(conn: Conn) -> None:
    cipher = Cipher("a key for tests")
    made = await users.create(conn, email="a@x.test", name="A", role="manager")
    secret, address = await users.totp_begin(conn, cipher, made.id, issuer="Omnihub")
    assert "issuer=Omnihub" in address
    assert not (await users.get(conn, made.id)).has_totp, "nothing counts before a first right code"
    assert not await users.totp_verify(conn, cipher, made.id, TOTP(secret).now())
    assert not await users.totp_confirm(conn, cipher, made.id, secret, "000000x")
    assert not await users.totp_confirm(conn, cipher, made.id, "nonsense", "000000")
    code = TOTP(secret).now()
    assert await users.totp_confirm(conn, cipher, made.id, secret, code)
    assert (await users.get(conn, made.id)).has_totp
    stored = await conn.fetchval("SELECT totp_secret FROM crm_user WHERE id = $1", made.id)
    assert secret not in stored
    assert not await users.totp_verify(conn, cipher, made.id, code), "the code that confirmed is used up"
    following = TOTP(secret).at(time.time() + totp.STEP)
    assert await users.totp_verify(conn, cipher, made.id, f"{following[:3]} {following[3:]}")
    assert not await users.totp_verify(conn, cipher, made.id, following), "a replay"
    assert not await users.totp_verify(conn, cipher, made.id, "")
    await users.totp_remove(conn, made.id)
    assert not (await users.get(conn, made.id)).has_totp


def test_codes_are_good_for_a_minute_and_a_half() -> None:
    secret, now = pyotp.random_base32(), 1_700_000_010.0
    for drift, expected in ((-60, None), (-30, -1), (0, 0), (30, 1), (60, None)):
        step = totp.step_of(secret, TOTP(secret).at(int(now + drift)), now=now)
        assert step == (None if expected is None else int(now // 30) + expected)
    for code in ("", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²"):
        assert totp.step_of(secret, code, now=now) is None


def test_customers_are_not_for_ops() -> None:
    SYSTEM.require_customers()
    Viewer(user_id=1, role="manager").require_customers()
    for role in ("ops", "", "nobody"):
        with pytest.raises(Forbidden):
            Viewer(user_id=1, role=role, sees_all=True).require_customers()
