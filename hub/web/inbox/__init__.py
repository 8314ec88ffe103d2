"""The manager's inbox: conversations, thread, card."""
