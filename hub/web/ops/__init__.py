"""Pages of those who run the hub: channels, journal, quarantine, ledger, rules, users, tokens, webhooks, audit."""
