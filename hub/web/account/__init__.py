"""The pages of one own account: signing in and out, the second step, the profile, the language."""
