"""Connectors: each speaks one provider's protocol and knows nothing of conversations, contacts or the hub."""
