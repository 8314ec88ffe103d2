"""What is done in the background, a module each."""
