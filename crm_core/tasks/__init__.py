"""Tasks, call-backs and reminders."""
