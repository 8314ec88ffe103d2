"""The pages: sign-in, the manager's inbox and everything that a browser sees."""
