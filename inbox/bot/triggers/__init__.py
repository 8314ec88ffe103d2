"""What else than a message makes the bot speak: silence, stages, schedules, pages, answers of services."""
