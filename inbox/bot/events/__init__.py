"""What the bot waits for, a row each, and how often it spoke."""
