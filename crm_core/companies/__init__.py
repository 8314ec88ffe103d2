"""Companies, which contacts belong to by their mail domain."""
