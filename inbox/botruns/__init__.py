"""What becomes of the bot's runs: begun, finished, handed over, left at a step, put right by a person."""
