"""Plain values that every floor reads alike: telephone numbers. Pure, and below everything else."""
