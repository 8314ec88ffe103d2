"""The telephony connector: a manifest, no code."""
