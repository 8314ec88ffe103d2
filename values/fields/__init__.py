"""What a field of a record is: its key, its label and its type, whoever stores it."""
