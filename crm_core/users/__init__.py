"""People who work here: sign-in, roles, presence, the rota."""
