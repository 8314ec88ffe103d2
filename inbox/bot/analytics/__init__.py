"""How the bot's rules do: begun, finished, handed over."""
