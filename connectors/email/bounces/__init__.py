"""What a bounce says: which of our messages, which recipients, given up or still tried, and why, in plain words."""
