"""Mail that somebody sends on: whose it was."""
