"""The instagram connector: a manifest, no code."""
