"""Pages of deals, leads, contacts, companies and tasks."""
