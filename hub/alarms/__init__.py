"""What is wrong and wants a person: found now and then, told once to whoever asked for it, and told again when it is over."""
