"""Who may do what: the abilities that roles give."""
