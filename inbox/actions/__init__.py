"""What people do with conversations: answer, note, assign, close, move."""
