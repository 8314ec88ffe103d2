"""The catalogue: every object with its fields and relations, declared once beside its SQL, and what is made from that."""
