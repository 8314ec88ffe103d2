"""Rules that tell machines from people: one small question a file, asked in the order of `connectors.email.machines.verdict`."""
