"""A mailbox set up: its servers found, its owner asked, both directions tried."""
