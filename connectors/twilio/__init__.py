"""The twilio connector: a manifest, no code."""
