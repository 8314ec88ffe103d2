"""The messenger connector: a manifest, no code."""
