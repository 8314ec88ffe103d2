"""Mail that comes in: mailboxes and the door."""
