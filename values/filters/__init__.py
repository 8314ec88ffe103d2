"""Filters over records: one JSON form, read and bound to the fields that it names, and one evaluator in memory."""
