"""Pages of users, routing, settings, and what was changed by whom."""
