"""Messages taken in: who wrote, which conversation, what it answers, the bot's word."""
