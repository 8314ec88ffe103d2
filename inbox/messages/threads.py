"""Where a message belongs: the conversation it answers, the sender's living one, or a new one; with the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from crm_core.sql import Conn
from inbox.channels.directory import Directory
from inbox.conversations import store as conversations
from inbox.conversations.model import Talk
from inbox.conversations.subjects import subject_thread
from inbox.messages import answers, claims, neighbours, store
from inbox.messages.answers import FORGED_MARK, Answer
from inbox.messages.claims import Key
from inbox.messages.model import Incoming
from values.sentences import phrase

SAME_SUBJECT_WITHIN = timedelta(days=30)
SAME_SUBJECT = phrase("Same sender and the same subject within a month.")


async def find_answered(conn: Conn, incoming: Sequence[Incoming], *, directory: Directory) -> None:
    """Join messages to the conversations they answer; what is kept out by a guard keeps the reason."""
    asked = [message for message in incoming if message.event.references or message.event.failed_ids]
    if not asked:
        return
    ids = {reference for message in asked for reference in answers.named(message)}
    found = await store.referenced(conn, list(ids), _related_channels(asked, directory))
    standing = await claims.standing(conn, asked, found)
    wanted: dict[int, list[tuple[Incoming, Answer]]] = {}
    for message in asked:
        answer = answers.answer_of(message, found, standing)
        if isinstance(answer, Answer):
            wanted.setdefault(answer.conversation_id, []).append((message, answer))
        else:
            message.why = answer
    for talk in await conversations.talks_by_id(conn, sorted(wanted)):
        for message, answer in wanted[talk.id]:
            message.talk, message.why = talk, answer.why
            is_person = answers.is_person(message, talk.handle_kind, talk.handle_value)
            is_sure = is_person and not (answers.is_claimed(message) and answer.why == answers.SIGNED)
            message.is_guest = not answer.is_same and not is_sure
            message.answers = answers.quoted(message, found)
    neighbours.find_answered(incoming)


async def find_or_open(conn: Conn, incoming: Sequence[Incoming], *, bot_ready: bool) -> list[Talk]:
    """Give every message its conversation, opening new ones; returns all conversations of the batch."""
    homeless = [message for message in incoming if message.talk is None and message.follows is None]
    talks = await _living(conn, homeless)
    held = await claims.held(conn, homeless, talks.values())
    by_id = {message.talk.id: message.talk for message in incoming if message.talk}
    opened: list[Talk] = []
    for message in incoming:
        if message.talk is not None:
            continue
        if message.follows is not None:
            message.talk = message.follows.talk
            continue
        key = key_of(message)
        if key in talks and not _is_theirs(talks[key], message, held):
            key = _own_key(message)
        if key not in talks and (begun := _begun(message, key, opened)):
            talks[key] = begun
        if key not in talks:
            talks[key] = _opened(message, key, bot_ready=bot_ready)
            opened.append(talks[key])
        talk = talks[key]
        message.talk = by_id.get(talk.id, talk) if talk.id else talk
        message.why = message.why or _why(talk)
    if opened:
        await conversations.open_talks(conn, opened)
    return list({id(message.talk): message.talk for message in incoming if message.talk}.values())


async def _living(conn: Conn, homeless: Sequence[Incoming]) -> dict[Key, Talk]:
    """The newest conversations that these may belong to, by key."""
    if not homeless:
        return {}
    at = {
        key: message.event.at
        for message in reversed(homeless)
        for key in (key_of(message), _own_key(message))
    }
    found = await conversations.talks_by_key(conn, list(at))
    talks = {talk.key: talk for talk in found if not _is_stale(talk, at[talk.key])}
    await _by_other_kinds(conn, homeless, talks)
    return talks


async def _by_other_kinds(conn: Conn, homeless: Sequence[Incoming], talks: dict[Key, Talk]) -> None:
    """Where people of a channel have handles of several kinds (a number, an id), whoever comes under one of them goes on in
    the conversation that they had under another."""
    asked: dict[Key, Incoming] = {}
    for message in homeless:
        key = key_of(message)
        if key not in talks and message.work.channel.connector.spec.other_kinds:
            asked.setdefault(key, message)
    if not asked:
        return
    found = await conversations.talks_by_contact(
        conn,
        [
            (key[0], message.contact_id, message.root_id, key[1], key[3], n)
            for n, (key, message) in enumerate(asked.items())
        ],
    )
    by_id = {talk.id: talk for talk in talks.values()}
    for n, key in enumerate(asked):
        if talk := found.get(n):
            talks[key] = by_id.setdefault(talk.id, talk)


def _begun(message: Incoming, key: Key, opened: Sequence[Talk]) -> Talk | None:
    """The conversation that the same person began in this batch under a handle of another kind: no table has it yet."""
    if not message.work.channel.connector.spec.other_kinds:
        return None
    for talk in reversed(opened):
        is_theirs = talk.contact_id in (message.contact_id, message.root_id)
        if is_theirs and (talk.channel_id, talk.thread) == (key[0], key[3]) and talk.handle_kind != key[1]:
            return talk
    return None


def key_of(message: Incoming) -> Key:
    """The key of a sender's living conversation; a forged sender never has that of the true one."""
    handle = message.event.sender.handles[0]
    thread = message.event.thread or subject_thread(message.work.channel.connector, message.event.subject)
    if message.event.forged:
        thread = FORGED_MARK + thread
    return (message.work.channel.id, handle.kind, handle.value, thread)


def _is_theirs(talk: Talk, message: Incoming, held: Collection[int]) -> bool:
    """Whether it is the contact's; none is a claimed sender's whose contact has proven the address."""
    return talk.root_id == message.root_id and not (talk.id in held and answers.is_claimed(message))


def _own_key(message: Incoming) -> Key:
    """The key where somebody else has the conversation of the same address: a claimed address is anybody's, and a shared
    one several people's."""
    channel_id, kind, value, thread = key_of(message)
    return (channel_id, kind, value, f"{thread}~{message.contact_id}")


def _why(talk: Talk) -> str:
    if talk.is_new:
        return phrase("It begins a conversation.")
    return SAME_SUBJECT if _is_by_subject(talk) else phrase("Same sender, same thread.")


def _is_by_subject(talk: Talk) -> bool:
    return talk.thread.removeprefix(FORGED_MARK).startswith("s:")


def _opened(message: Incoming, key: Key, *, bot_ready: bool) -> Talk:
    event, channel = message.event, message.work.channel
    is_machine = bool(event.machine)
    may_answer = not (is_machine or event.outbound or event.forged)
    owner = "bot" if bot_ready and channel.row.bot and may_answer else "queue"
    return Talk(
        id=0,
        channel_id=channel.id,
        contact_id=message.contact_id,
        root_id=message.root_id,
        handle_kind=key[1],
        handle_value=key[2],
        thread=key[3],
        subject=event.subject[:500],
        state="closed" if is_machine else "open",
        owner=owner,
        language=event.sender.language[:12],
        last_at=message.event.at,
        is_new=True,
        is_machine=is_machine,
    )


def _is_stale(talk: Talk, at: datetime) -> bool:
    """A closed conversation that only shares a subject is not taken up again after a month."""
    if talk.state != "closed" or not _is_by_subject(talk) or talk.last_at is None:
        return False
    return at - talk.last_at > SAME_SUBJECT_WITHIN


def _related_channels(asked: Sequence[Incoming], directory: Directory) -> list[int]:
    kinds = {message.work.channel.connector.spec.handle_kind for message in asked}
    own = {message.work.channel.id for message in asked}
    return sorted(own | {channel.id for channel in directory if channel.connector.spec.handle_kind in kinds})
