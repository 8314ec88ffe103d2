"""The whatsapp connector: a manifest, no code."""
