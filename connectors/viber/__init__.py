"""The viber connector: a manifest, no code."""
