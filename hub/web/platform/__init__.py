"""Pages of what came in and goes out: journal, quarantine, outbox, alarms, webhooks, tokens."""
