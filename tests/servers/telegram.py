"""The small Bot API server of the demo world, for the tests."""

from hub.demo.servers.telegram import TelegramServer
from hub.demo.servers.telegram_state import Bot, Fault, SentMessage

__all__ = ["Bot", "Fault", "SentMessage", "TelegramServer"]
