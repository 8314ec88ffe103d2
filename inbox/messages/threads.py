"""Where a message belongs: the conversation it answers, the sender's living one, or a new one; with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from crm_core.sql import Conn
from inbox.channels.directory import Directory
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.conversations.subjects import subject_thread
from inbox.messages import answers, claims, neighbours, store
from inbox.messages.answers import FORGED_MARK, Answer
from inbox.messages.claims import Key
from inbox.messages.model import Identified, Incoming, Linked, Placed, Referenced
from values.sentences import phrase

SAME_SUBJECT_WITHIN = timedelta(days=30)
SAME_SUBJECT = phrase("Same sender and the same subject within a month.")


async def find_answered(conn: Conn, incoming: Sequence[Incoming], *, directory: Directory) -> list[Linked]:
    """The messages with the conversations they answer; what is kept out by a guard keeps the reason."""
    asked = [message for message in incoming if _names_others(message)]
    if not asked:
        return [Linked.of(message) for message in incoming]
    ids = {reference for message in asked for reference in answers.named(message)}
    found = await store.referenced(conn, list(ids), _related_channels(asked, directory))
    trust = await claims.trust_of(conn, asked, found)
    judged = [
        answers.answer_of(message, found, trust) if _names_others(message) else "" for message in incoming
    ]
    wanted = {answer.conversation_id for answer in judged if isinstance(answer, Answer)}
    locked = {one.id: one for one in await conversation_store.locked_by_id(conn, sorted(wanted))}
    return neighbours.find_answered(
        [_linked(message, answer, locked, found) for message, answer in zip(incoming, judged, strict=True)]
    )


def _names_others(message: Incoming) -> bool:
    return bool(message.event.references or message.event.failed_ids)


def _linked(
    message: Incoming,
    answer: Answer | str,
    locked: Mapping[int, Conversation],
    found: Mapping[str, Referenced],
) -> Linked:
    if not isinstance(answer, Answer):
        return Linked.of(message, why=answer)
    conversation = locked.get(answer.conversation_id)
    if conversation is None:
        return Linked.of(message)
    is_person = answers.is_person(message, conversation.handle_kind, conversation.handle_value)
    is_sure = is_person and not (answers.is_claimed(message) and answer.why == answers.SIGNED)
    return Linked.of(
        message,
        answered=conversation,
        why=answer.why,
        is_guest=not answer.is_same and not is_sure,
        quoted=answers.quoted(message, found),
    )


async def find_or_open(conn: Conn, incoming: Sequence[Identified], *, bot_ready: bool) -> list[Placed]:
    """Every message in its conversation, new ones opened where there is none."""
    homeless = [message for message in incoming if message.answered is None and message.follows is None]
    conversations = await _living(conn, homeless)
    held = await claims.held(conn, homeless, conversations.values())
    by_id = {message.answered.id: message.answered for message in incoming if message.answered}
    opened: list[Conversation] = []
    placed: list[Placed] = []
    for message in incoming:
        if message.answered is not None:
            placed.append(Placed.at(message, message.answered, why=message.why))
            continue
        if message.follows is not None:
            placed.append(Placed.at(message, placed[message.follows].conversation, why=message.why))
            continue
        key = key_of(message)
        if key in conversations and not _is_theirs(conversations[key], message, held):
            key = _own_key(message)
        if key not in conversations and (begun := _begun(message, key, opened)):
            conversations[key] = begun
        if begins := key not in conversations:
            conversations[key] = _opened(message, key, bot_ready=bot_ready)
            opened.append(conversations[key])
        conversation = conversations[key]
        home = by_id.get(conversation.id, conversation) if conversation.id else conversation
        placed.append(Placed.at(message, home, why=message.why or _why(conversation, begins=begins)))
    if opened:
        await conversation_store.open_all(conn, opened)
    return placed


def conversations_of(placed: Sequence[Placed]) -> list[Conversation]:
    """The conversations of a batch, each once."""
    return list({id(message.conversation): message.conversation for message in placed}.values())


async def _living(conn: Conn, homeless: Sequence[Identified]) -> dict[Key, Conversation]:
    """The newest conversations that these may belong to, by key."""
    if not homeless:
        return {}
    at = {
        key: message.event.at
        for message in reversed(homeless)
        for key in (key_of(message), _own_key(message))
    }
    found = await conversation_store.locked_by_key(conn, list(at))
    conversations = {
        conversation.key: conversation
        for conversation in found
        if not _is_stale(conversation, at[conversation.key])
    }
    await _by_other_kinds(conn, homeless, conversations)
    return conversations


async def _by_other_kinds(
    conn: Conn, homeless: Sequence[Identified], conversations: dict[Key, Conversation]
) -> None:
    """Where people of a channel have handles of several kinds (a number, an id), whoever comes under one of them goes on in
    the conversation that they had under another."""
    asked: dict[Key, Identified] = {}
    for message in homeless:
        key = key_of(message)
        if key not in conversations and message.work.channel.connector.spec.other_kinds:
            asked.setdefault(key, message)
    if not asked:
        return
    found = await conversation_store.locked_by_contact(
        conn,
        [
            (key[0], message.who.contact_id, message.who.root_id, key[1], key[3], n)
            for n, (key, message) in enumerate(asked.items())
        ],
    )
    by_id = {conversation.id: conversation for conversation in conversations.values()}
    for n, key in enumerate(asked):
        if conversation := found.get(n):
            conversations[key] = by_id.setdefault(conversation.id, conversation)


def _begun(message: Identified, key: Key, opened: Sequence[Conversation]) -> Conversation | None:
    """The conversation that the same person began in this batch under a handle of another kind: no table has it yet."""
    if not message.work.channel.connector.spec.other_kinds:
        return None
    for conversation in reversed(opened):
        is_theirs = conversation.contact_id in (message.who.contact_id, message.who.root_id)
        if (
            is_theirs
            and (conversation.channel_id, conversation.thread) == (key[0], key[3])
            and conversation.handle_kind != key[1]
        ):
            return conversation
    return None


def key_of(message: Incoming) -> Key:
    """The key of a sender's living conversation; a forged sender never has that of the true one."""
    handle = message.event.sender.handles[0]
    thread = message.event.thread or subject_thread(message.work.channel.connector, message.event.subject)
    if message.event.forged:
        thread = FORGED_MARK + thread
    return (message.work.channel.id, handle.kind, handle.value, thread)


def _is_theirs(conversation: Conversation, message: Identified, held: Collection[int]) -> bool:
    """Whether it is the contact's; none is a claimed sender's whose contact has proven the address."""
    return conversation.root_id == message.who.root_id and not (
        conversation.id in held and answers.is_claimed(message)
    )


def _own_key(message: Identified) -> Key:
    """The key where somebody else has the conversation of the same address: a claimed address is anybody's, and a shared
    one several people's."""
    channel_id, kind, value, thread = key_of(message)
    return (channel_id, kind, value, f"{thread}~{message.who.contact_id}")


def _why(conversation: Conversation, *, begins: bool) -> str:
    if begins:
        return phrase("It begins a conversation.")
    return SAME_SUBJECT if _is_by_subject(conversation) else phrase("Same sender, same thread.")


def _is_by_subject(conversation: Conversation) -> bool:
    return conversation.thread.removeprefix(FORGED_MARK).startswith("s:")


def _opened(message: Identified, key: Key, *, bot_ready: bool) -> Conversation:
    event, channel = message.event, message.work.channel
    is_machine = bool(event.machine)
    may_answer = not (is_machine or event.outbound or event.forged)
    owner = "bot" if bot_ready and channel.row.bot and may_answer else "queue"
    return Conversation(
        id=0,
        channel_id=channel.id,
        contact_id=message.who.contact_id,
        root_id=message.who.root_id,
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


def _is_stale(conversation: Conversation, at: datetime) -> bool:
    """A closed conversation that only shares a subject is not taken up again after a month."""
    if conversation.state != "closed" or not _is_by_subject(conversation) or conversation.last_at is None:
        return False
    return at - conversation.last_at > SAME_SUBJECT_WITHIN


def _related_channels(asked: Sequence[Incoming], directory: Directory) -> list[int]:
    kinds = {message.work.channel.connector.spec.handle_kind for message in asked}
    own = {message.work.channel.id for message in asked}
    return sorted(own | {channel.id for channel in directory if channel.connector.spec.handle_kind in kinds})
