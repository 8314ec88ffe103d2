"""Rows of any object as a file: what is asked for, how it is written, and how it is read in batches."""
