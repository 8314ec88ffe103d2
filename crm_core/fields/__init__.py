"""Customers' own fields: rows that say what they are, and how their values are read, kept and shown."""
