"""Which inputs wait for each other: all that comes with one proven handle, whatever else was typed."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract import ExternalId, Handle, InboundMessage, Person, Trust
from inbox.partitions import channel_partition_key, partition_key_of

VISITOR = Handle(kind="visitor", value="v1", evidence="cookie")
TYPED = Handle(kind="email", value="a@firm.test", trust=Trust.CLAIMED, evidence="form_field")


def lane(*handles: Handle) -> int:
    event = InboundMessage(
        external_id=ExternalId("1"), sender=Person(handles=handles), at=datetime.now(UTC), text="Hello"
    )
    return partition_key_of([event], channel_id=7)


def test_a_typed_address_changes_no_lane() -> None:
    assert lane(VISITOR) == lane(TYPED, VISITOR) == lane(VISITOR, TYPED)
    assert lane(TYPED) not in (lane(VISITOR), channel_partition_key(7))


def test_who_is_not_known_waits_for_the_channel() -> None:
    assert lane() == partition_key_of([], channel_id=7) == channel_partition_key(7)
