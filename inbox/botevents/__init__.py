"""What the bot does when nobody wrote: waits end, services answer, something happens around a conversation."""
