"""Contacts: people, their handles with evidence, merges that can be undone."""
