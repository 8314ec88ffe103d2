"""Pages of tasks and absences."""
