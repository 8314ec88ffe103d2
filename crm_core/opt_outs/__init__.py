"""Who asked for no automatic messages that they did not ask for."""
