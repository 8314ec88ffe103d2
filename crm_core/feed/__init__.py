"""What others need to keep up: facts in the order of their commits, and what they call our records."""
