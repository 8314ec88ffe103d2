"""Plain values that every floor reads alike: numbers, hours, pages, errors, sentences for people. Pure, and below all else."""
