"""Plain values that every floor reads alike: telephone numbers, sentences for people. Pure, and below everything else."""
