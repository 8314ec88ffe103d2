"""Conversations and their messages: what may be asked of them and done with them."""
