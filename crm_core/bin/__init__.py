"""The bin: where deleted records rest for thirty days, in no list, search, count or sum."""
