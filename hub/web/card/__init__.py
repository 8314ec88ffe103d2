"""The card beside a conversation, a deal or a contact."""
