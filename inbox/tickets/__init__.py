"""What messages leave for their answers: kept with the message, given to one answer, forgotten in time."""
