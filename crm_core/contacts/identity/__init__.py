"""Who is this: sightings of people become contacts, a batch in a handful of statements."""
