"""The steps of the bot, a module a step or a family: its value, its reader, what it does, and its words."""
