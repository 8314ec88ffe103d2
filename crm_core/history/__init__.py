"""The history of a contact or a deal, as its readers see it, and notes in it."""
