"""Who senders are, asked of their providers after the message is stored: names and pictures."""
