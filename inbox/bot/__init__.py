"""The bot's turn in a conversation: what it knows, what it decides, what follows."""
