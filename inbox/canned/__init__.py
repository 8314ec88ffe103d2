"""Canned replies: texts that managers use again and again."""
