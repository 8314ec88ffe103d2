"""Access tokens of channels: sealed in the database, known to all processes, fetched by one of them at a time."""
