"""Leads: requests that nobody has qualified yet."""
