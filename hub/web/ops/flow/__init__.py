"""The bot's rules as people read them: a list of steps and a drawn graph."""
