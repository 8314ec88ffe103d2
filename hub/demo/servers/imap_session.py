"""One connection of the small IMAP server: reads commands, answers them, tells of new mail."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.demo.servers.imap_fetch import Bad, fetched, searched
from hub.demo.servers.mailbox import Mailbox

CAPABILITIES = "CAPABILITY IMAP4rev1 IDLE LITERAL+ ID NAMESPACE UNSELECT"
LITERAL = re.compile(rb"\{(\d{1,8})(\+?)\}$")
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')
LITERAL_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may sign in, and the folders they find."""

    user: str
    password: str
    folders: dict[str, Mailbox]


class Session:
    """One connection: its selected folder and what it was told of it."""

    def __init__(self, account: Account, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._account, self._reader, self._writer = account, reader, writer
        self._is_in = False
        self._box: Mailbox | None = None
        self._told = (0, 0)
        self._is_over = False

    async def talk(self) -> None:
        self._say(f"* OK [{CAPABILITIES}] ready")
        while not self._is_over:
            await self._writer.drain()
            if not (line := await self._command()):
                return
            tag, _, rest = line.partition(" ")
            try:
                await self._run(tag, rest)
            except (Bad, ValueError, KeyError) as error:
                self._say(f"{tag} BAD {error}")
        await self._writer.drain()

    async def _command(self) -> str:
        """One command, its literals put in as quoted strings; empty at the end of the connection."""
        parts: list[str] = []
        while line := await self._reader.readline():
            line = line.rstrip(b"\r\n")
            literal = LITERAL.search(line)
            if literal is None:
                return "".join([*parts, line.decode("utf-8", "replace")])
            size = int(literal[1])
            if size > LITERAL_LIMIT or len(parts) > 20:
                raise ValueError("a literal too large")
            if not literal[2]:
                self._say("+ go on")
                await self._writer.drain()
            content = (await self._reader.readexactly(size)).decode("utf-8", "surrogateescape")
            escaped = content.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'{line[: literal.start()].decode("utf-8", "replace")}"{escaped}"')
        return ""

    async def _run(self, tag: str, rest: str) -> None:
        name, _, arguments = rest.partition(" ")
        by_uid = name.upper() == "UID"
        if by_uid:
            name, _, arguments = arguments.partition(" ")
        verb = self._verbs().get(name.upper())
        if verb is None:
            raise Bad(f"there is no command {name[:40]}")
        if not self._is_in and name.upper() not in ("CAPABILITY", "NOOP", "LOGOUT", "LOGIN", "ID"):
            self._say(f"{tag} NO sign in first")
            return
        done = await verb(arguments, by_uid)
        if name.upper() not in ("FETCH", "SEARCH", "STORE"):
            self._tell_changes()
        self._say(f"{tag} {done}")

    def _verbs(self) -> dict[str, Callable[[str, bool], Awaitable[str]]]:
        return {
            "CAPABILITY": self._capability,
            "NOOP": self._nothing,
            "CHECK": self._nothing,
            "ENABLE": self._nothing,
            "LOGIN": self._login,
            "LOGOUT": self._logout,
            "ID": self._id,
            "NAMESPACE": self._namespace,
            "LIST": self._list,
            "STATUS": self._status,
            "SELECT": self._select,
            "EXAMINE": self._examine,
            "CLOSE": self._close,
            "UNSELECT": self._close,
            "FETCH": self._fetch,
            "SEARCH": self._search,
            "STORE": self._store,
            "APPEND": self._append,
            "IDLE": self._idle,
        }

    # ------------------------------------------------------------ commands; each returns what follows the tag

    async def _capability(self, arguments: str, by_uid: bool) -> str:
        self._say(f"* {CAPABILITIES}")
        return "OK done"

    async def _nothing(self, arguments: str, by_uid: bool) -> str:
        return "OK done"

    async def _id(self, arguments: str, by_uid: bool) -> str:
        self._say('* ID ("name" "omnihub demo")')
        return "OK done"

    async def _namespace(self, arguments: str, by_uid: bool) -> str:
        self._say('* NAMESPACE (("" "/")) NIL NIL')
        return "OK done"

    async def _login(self, arguments: str, by_uid: bool) -> str:
        user, password = _words(arguments, 2)
        right = hmac.compare_digest(password.encode(), self._account.password.encode())
        self._is_in = right and user == self._account.user
        if not self._is_in:
            return "NO [AUTHENTICATIONFAILED] wrong user or password"
        return f"OK [{CAPABILITIES}] signed in"

    async def _logout(self, arguments: str, by_uid: bool) -> str:
        self._say("* BYE")
        self._is_over = True
        return "OK done"

    async def _list(self, arguments: str, by_uid: bool) -> str:
        for name in self._account.folders:
            kind = r" \Sent" if name == "Sent" else ""
            self._say(rf'* LIST (\HasNoChildren{kind}) "/" "{name}"')
        return "OK done"

    async def _status(self, arguments: str, by_uid: bool) -> str:
        name = _words(arguments, 1)[0]
        box = self._folder(name)
        known = {
            "MESSAGES": len(box.mails),
            "UIDNEXT": box.next_uid,
            "UIDVALIDITY": box.validity,
            "UNSEEN": sum("\\Seen" not in mail.flags for mail in box.mails),
            "RECENT": 0,
        }
        asked = re.findall(r"[A-Z]+", arguments.rpartition("(")[2].upper())
        told = " ".join(f"{item} {known[item]}" for item in asked if item in known)
        self._say(f'* STATUS "{name}" ({told})')
        return "OK done"

    async def _select(self, arguments: str, by_uid: bool) -> str:
        self._box = None
        box = self._folder(_words(arguments, 1)[0])
        self._say("* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)")
        self._say(f"* {len(box.mails)} EXISTS")
        self._say("* 0 RECENT")
        self._say(f"* OK [UIDVALIDITY {box.validity}] numbers valid")
        self._say(f"* OK [UIDNEXT {box.next_uid}] next number")
        self._box, self._told = box, (len(box.mails), box.dropped)
        return "OK [READ-WRITE] selected"

    async def _examine(self, arguments: str, by_uid: bool) -> str:
        await self._select(arguments, by_uid)
        return "OK [READ-ONLY] selected"

    async def _close(self, arguments: str, by_uid: bool) -> str:
        self._box = None
        return "OK done"

    async def _fetch(self, arguments: str, by_uid: bool) -> str:
        chosen, _, items = arguments.partition(" ")
        for number, mail in self._selected().numbered(chosen, by_uid=by_uid):
            self._writer.write(fetched(number, mail, items, by_uid=by_uid))
            await self._writer.drain()
        return "OK done"

    async def _search(self, arguments: str, by_uid: bool) -> str:
        found = searched(self._selected(), arguments, by_uid=by_uid)
        self._say(" ".join(["* SEARCH", *map(str, found)]))
        return "OK done"

    async def _store(self, arguments: str, by_uid: bool) -> str:
        chosen, how, flags = _split(arguments, 3)
        named = set(re.findall(r"[\\$\w]+", flags))
        for number, mail in self._selected().numbered(chosen, by_uid=by_uid):
            if how.startswith("-"):
                mail.flags -= named
            else:
                mail.flags = mail.flags | named if how.startswith("+") else named
            if "SILENT" not in how.upper():
                self._writer.write(fetched(number, mail, "(FLAGS)", by_uid=by_uid))
        return "OK done"

    async def _append(self, arguments: str, by_uid: bool) -> str:
        folder, *_, raw = _words(arguments, 2)
        box = self._folder(folder)
        uid = box.deliver(raw.encode("utf-8", "surrogateescape"))
        return f"OK [APPENDUID {box.validity} {uid}] kept"

    async def _idle(self, arguments: str, by_uid: bool) -> str:
        box = self._selected()
        self._say("+ idling")
        done = asyncio.ensure_future(self._reader.readline())
        try:
            while not done.done():
                changed = asyncio.ensure_future(box.changed.wait())
                self._tell_changes()
                await self._writer.drain()
                await asyncio.wait((done, changed), return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
        finally:
            done.cancel()
        if done.result().strip().upper() != b"DONE":
            raise Bad("IDLE ends with DONE")
        return "OK done"

    # ------------------------------------------------------------ helpers

    def _folder(self, name: str) -> Mailbox:
        box = self._account.folders.get("INBOX" if name.upper() == "INBOX" else name)
        if box is None:
            raise Bad(f"there is no folder {name[:80]}")
        return box

    def _selected(self) -> Mailbox:
        if self._box is None:
            raise Bad("select a folder first")
        return self._box

    def _tell_changes(self) -> None:
        """EXPUNGE and EXISTS for what happened since the client was last told."""
        if self._box is None:
            return
        count, dropped = self._told
        for _ in range(min(self._box.dropped - dropped, count)):
            self._say("* 1 EXPUNGE")
        if self._told != (len(self._box.mails), self._box.dropped):
            self._say(f"* {len(self._box.mails)} EXISTS")
        self._told = (len(self._box.mails), self._box.dropped)

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")


def _words(arguments: str, least: int) -> list[str]:
    """Arguments as words, quotes taken off; lists keep their brackets apart."""
    words = [
        re.sub(r"\\(.)", r"\1", quoted) if bare == "" else bare for quoted, bare in TOKEN.findall(arguments)
    ]
    if len(words) < least:
        raise Bad("an argument is missing")
    return words


def _split(arguments: str, parts: int) -> list[str]:
    found = arguments.split(" ", parts - 1)
    if len(found) < parts:
        raise Bad("an argument is missing")
    return found
