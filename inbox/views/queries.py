"""Looking at conversations, in one place: lists, counters, threads, search. Permission is part of every look."""

from __future__ import annotations

from inbox.views.conversations import for_contact, get, ids, list_conversations, of_colleagues, rows
from inbox.views.counters import counters, fold_counters
from inbox.views.search import messages as search_messages
from inbox.views.search import search
from inbox.views.thread import html_of, message, messages, reaching, since, thread
from inbox.views.visitor import visitor_thread

__all__ = [
    "counters",
    "fold_counters",
    "for_contact",
    "get",
    "html_of",
    "ids",
    "list_conversations",
    "message",
    "messages",
    "of_colleagues",
    "reaching",
    "rows",
    "search",
    "search_messages",
    "since",
    "thread",
    "visitor_thread",
]
