"""The queue of everything that takes longer than a second: its rows, its rules, who runs it, and the kinds there are."""
