"""What providers were asked, and what they answered; kept a day."""
