"""Raw inputs become messages, calls and receipts of known people, in one transaction a batch."""
