"""Which manager takes a conversation."""
