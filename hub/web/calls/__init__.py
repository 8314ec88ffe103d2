"""Pages of calls: lists, one call, pop-ups, calls at a click, statistics."""
