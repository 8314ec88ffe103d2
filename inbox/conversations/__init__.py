"""Conversations and their messages: the ground that every other room of the inbox stands on."""
