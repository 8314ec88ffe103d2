"""What keeps strangers and floods out of a chat: one small question each, asked in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connectors.contract import ChannelConfig, RawInput, Rejected, Unverified
from connectors.sitechat.parse import KINDS, MAX_TEXT
from connectors.sitechat.settings import ChatSettings
from connectors.webform.body import Body
from connectors.webform.origins import is_allowed, is_own, sent_from
from connectors.webform.people import email_of, phone_of
from connectors.webform.settings import MEGABYTE
from connectors.webform.texts import pick, say
from connectors.webform.visitor import Visitor
from values.sentences import phrase

TOKEN_LASTS: Final = 24 * 3600
CLOCKS_DIFFER: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A request at the chat's door, with who sends it."""

    raw: RawInput
    channel: ChannelConfig
    settings: ChatSettings
    body: Body
    visitor: Visitor

    def say(self, text: str, **values: object) -> str:
        """A sentence in the visitor's language."""
        return say(pick(self.body.get("language"), default=self.channel.language), text, **values)


def check(knock: Knock) -> None:
    """Raise Rejected or Unverified for the first question that is answered badly."""
    for question in QUESTIONS:
        question(knock)


def comes_from_an_allowed_site(knock: Knock) -> None:
    """The widget's own frame is of the hub; a site that talks to the door itself must be listed."""
    origin, allowed = sent_from(knock.raw), knock.settings.allowed
    if (
        origin
        and allowed
        and not is_own(origin, knock.raw, knock.channel)
        and not is_allowed(origin, allowed)
    ):
        raise Rejected(phrase("This web site may not use this chat."), status=403)


def token_is_fresh(knock: Knock) -> None:
    age = knock.raw.received_at.timestamp() - knock.visitor.issued
    if not -CLOCKS_DIFFER < age < TOKEN_LASTS:
        raise Rejected(knock.say("The chat was open for too long. Please reload it."), status=401)


def is_signed_where_it_must_be(knock: Knock) -> None:
    if knock.settings.require_identity and not knock.visitor.signed:
        raise Unverified(phrase("This chat takes visitors only whom the site signed."))


def is_known_kind(knock: Knock) -> None:
    if (knock.body.get("kind") or "message") not in KINDS:
        raise Rejected(
            phrase("“kind” must be one of {kinds}.", kinds=", ".join(KINDS)), fields={"kind": "Not known."}
        )


def says_something(knock: Knock) -> None:
    if knock.body.get("kind") == "read" or any(file.content for file in knock.body.files):
        return
    text = knock.body.get("text").strip()
    if not text and not knock.body.get("choice"):
        raise Rejected(
            knock.say("Please write a message."), fields={"text": knock.say("Please write a message.")}
        )
    if len(text) > MAX_TEXT:
        sentence = knock.say("The message is too long: {n} characters at most.", n=MAX_TEXT)
        raise Rejected(sentence, fields={"text": sentence}, status=413)


def leaves_an_address(knock: Knock) -> None:
    """The offline form is of no use without one."""
    body = knock.body
    if body.get("kind") != "form":
        return
    faults: dict[str, str] = {}
    if body.get("email") and not email_of(body.get("email")):
        faults["email"] = knock.say("This does not look like an email address.")
    elif not email_of(body.get("email")) and not phone_of(body.get("phone"), region=knock.channel.region):
        faults["email"] = knock.say("Please leave an email address or a phone number, so that we can answer.")
    if knock.settings.consent and not body.get("consent"):
        faults["consent"] = knock.say("Please tick the box to agree.")
    if faults:
        raise Rejected(next(iter(faults.values())), fields=faults)


def has_fitting_files(knock: Knock) -> None:
    files, settings = knock.body.files, knock.settings
    if len(files) > settings.max_files:
        sentence = knock.say("Please attach at most {n} files.", n=settings.max_files)
        raise Rejected(sentence, fields={"files": sentence}, status=413)
    if any(len(file.content) > settings.max_file for file in files):
        sentence = knock.say("Each file may have {n} MB at most.", n=settings.max_file // MEGABYTE)
        raise Rejected(sentence, fields={"files": sentence}, status=413)


QUESTIONS: Final[tuple[Callable[[Knock], None], ...]] = (
    comes_from_an_allowed_site,
    token_is_fresh,
    is_signed_where_it_must_be,
    is_known_kind,
    says_something,
    leaves_an_address,
    has_fitting_files,
)
