"""Who may join which thread and contact: by proof, by an unchecked claim, and against the checks' word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.connectors.email.door import Door, letter, open_door
from tests.world import World, close_world, open_world

CHECKED = "Authentication-Results: mx.shop.example; "
PASS = f"{CHECKED}dmarc=pass header.from=bank.example\r\n"
FAIL = f"{CHECKED}dmarc=fail header.from=bank.example\r\n"
VICTIM = "victim@bank.example"


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url, bot=False)
    yield opened
    await opened.balanced()
    await close_world(opened)


@pytest.fixture
async def named(world: World) -> Door:
    """Where a server is named that checks senders."""
    return await open_door(world, auth_server="mx.shop.example")


@pytest.fixture
async def plain(world: World) -> Door:
    """A fresh installation's."""
    return await open_door(world)


def mail(
    ident: str, *, who: str = VICTIM, proof: str = "", subject: str = "Loan", refs: str = "", more: str = ""
) -> bytes:
    head = f"{proof}From: Vic <{who}>\r\nTo: hub@localhost\r\nMessage-ID: <{ident}@x.example>\r\nSubject: {subject}\r\n"
    if refs:
        head += f"In-Reply-To: <{refs}>\r\nReferences: <{refs}>\r\n"
    return f"{head}{more}\r\nWords of {ident}\r\n".encode()


async def spread(door: Door) -> tuple[list[int], list[int]]:
    """The conversation and the contact of each message, numbered as they appear."""
    rows = await door.messages()
    return tuple(  # type: ignore[return-value] - two lists
        [list(dict.fromkeys(row[name] for row in rows)).index(row[name]) for row in rows]
        for name in ("conversation_id", "contact_id")
    )


async def test_unchecked_mail_of_one_address_is_one_contact_found_again(plain: Door) -> None:
    await plain.take(mail("a"), mail("b"), mail("c", subject="Another"), mail("d", who="eve@bank.example"))
    assert await spread(plain) == ([0, 0, 1, 2], [0, 0, 0, 1])
    assert await plain.handles() == [(VICTIM, "claimed"), ("eve@bank.example", "claimed")]
    assert await plain.suggested() == 0


async def test_an_unchecked_answer_joins_where_its_address_takes_part(plain: Door) -> None:
    await plain.take(mail("a", more="Cc: boss@bank.example\r\n"))
    await plain.answered(to=VICTIM)
    answers = [
        mail("b", refs="offer-1@localhost", subject="Re: Loan"),
        mail("c", refs="offer-1@localhost", subject="Quite another"),
        mail("d", refs="a@x.example", who="boss@bank.example"),
        mail("e", refs="offer-1@localhost", who="boss@bank.example"),
        mail("f", refs="offer-1@localhost", who="colleague@bank.example"),
        mail("g", refs="offer-1@localhost", who="eve@evil.example"),
    ]
    await plain.take(*answers)
    assert await spread(plain) == ([0, 0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 0, 1, 2])
    rows = await plain.messages()
    assert rows[3]["data"]["sender"] == "boss@bank.example"
    assert "nothing proves who wrote it" in rows[5]["data"]["why"]


async def test_unchecked_mail_never_enters_where_the_address_is_proven(named: Door) -> None:
    await named.take(mail("a", proof=PASS))
    await named.answered(to=VICTIM)
    await named.take(
        mail("b"), mail("c", refs="offer-1@localhost"), mail("d", refs="a@x.example", subject="x")
    )
    assert await spread(named) == ([0, 1, 1, 2], [0, 1, 1, 1])
    assert await named.handles() == [(VICTIM, "proven"), (VICTIM, "claimed")]
    assert await named.suggested() == 1
    await named.take(mail("e", proof=PASS, subject="Re: Loan"))
    assert (await spread(named))[0][-1] == 0, "the proven one's own conversation goes on"


async def test_a_claim_that_was_proven_since_lets_no_more_claims_in(named: Door) -> None:
    await named.take(mail("a"))
    await named.answered(to=VICTIM)
    await named.take(mail("b", proof=PASS, refs="offer-1@localhost"))
    assert await named.handles() == [(VICTIM, "proven")]
    await named.take(mail("c"), mail("d", refs="offer-1@localhost"))
    assert await spread(named) == ([0, 0, 1, 1], [0, 0, 1, 1])


@pytest.mark.parametrize(
    "proof",
    [
        FAIL,
        f"{CHECKED}dmarc=pass header.from=evil.example\r\n",
        f"{CHECKED}spf=pass smtp.mailfrom=evil.example; dmarc=none\r\n",
        f"{CHECKED}spf=fail smtp.mailfrom=bank.example\r\n",
    ],
)
async def test_forged_mail_has_a_thread_and_a_contact_of_its_own(named: Door, proof: str) -> None:
    await named.take(mail("a", proof=PASS, more="Cc: boss@bank.example\r\n"))
    await named.answered(to=VICTIM)
    await named.take(
        mail("b", proof=proof, subject="Re: Loan"),
        mail("c", proof=proof, refs="offer-1@localhost"),
        mail("d", proof=proof, refs="a@x.example", who="boss@bank.example"),
        mail("e", proof=proof, refs="offer-1@localhost", who="colleague@bank.example"),
    )
    assert await spread(named) == ([0, 1, 1, 2, 3], [0, 1, 1, 2, 3])
    assert await named.suggested() == 1
    rows = await named.messages()
    assert all(row["data"]["forged"] for row in rows[1:])
    assert all(row["owner"] == "queue" for row in rows[1:])
    await named.take(mail("f", proof=PASS, refs="b@x.example"))
    assert (await spread(named))[0][-1] == 0, "who is proven does not enter the forged thread"


async def test_a_mail_that_brings_its_own_proof_is_not_believed(plain: Door) -> None:
    await plain.take(mail("a", proof=PASS), mail("b", proof=FAIL))
    assert await plain.handles() == [(VICTIM, "claimed"), (VICTIM, "claimed")]
    assert await spread(plain) == ([0, 1], [0, 1])


async def test_reply_to_does_not_lead_into_somebody_elses_thread(named: Door) -> None:
    await named.take(mail("a", proof=PASS))
    await named.answered(to=VICTIM)
    evil = f"{CHECKED}dmarc=pass header.from=evil.example\r\n"
    await named.take(
        mail("b", proof=evil, who="x@evil.example", more=f"Reply-To: {VICTIM}\r\n"),
        mail("c", proof=evil, who="x@evil.example", more=f"Reply-To: {VICTIM}\r\n", refs="offer-1@localhost"),
    )
    assert await spread(named) == ([0, 1, 1], [0, 1, 1])


async def test_the_local_quick_start_is_a_usable_flow(plain: Door) -> None:
    first = b"Subject: Order\r\nFrom: bob@example.com\r\n\r\nTwo chairs, please."
    await plain.take(first, b"Subject: Re: Order\r\nFrom: bob@example.com\r\n\r\nAnd a table.")
    assert await spread(plain) == ([0, 0], [0, 0])
    assert await plain.world.value("SELECT count(*) FROM crm_lead") == 1


async def test_a_colleague_in_copy_answers_in_the_same_moment(plain: Door) -> None:
    pairs = [letter(f"colleague-in-one-batch-{n}") for n in range(1, 17)]
    await plain.take_together(pairs)
    assert (await spread(plain))[0] == [n // 2 for n in range(16)]
    rows = await plain.messages()
    assert all(row["data"]["sender"].startswith("berta@") for row in rows[1::2])


async def test_a_chain_of_answers_in_one_moment(plain: Door) -> None:
    mails = [
        mail("a", more="Cc: boss@bank.example\r\n"),
        mail("b", who="boss@bank.example", refs="a@x.example", more="Cc: victim@bank.example\r\n"),
        mail("c", refs="b@x.example", subject="Other words"),
        mail("d", who="eve@evil.example", refs="b@x.example"),
        mail("e", proof=FAIL, refs="b@x.example"),
    ]
    await plain.take_together(mails)
    by_id = {row["external_id"][0]: row["conversation_id"] for row in await plain.messages()}
    assert by_id["a"] == by_id["b"] == by_id["c"]
    assert len({by_id["a"], by_id["d"], by_id["e"]}) == 3
