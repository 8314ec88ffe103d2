"""Receivers: what pulls for channels that are not called, one of each over all machines."""
