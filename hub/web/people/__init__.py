"""Pages of contacts and companies."""
