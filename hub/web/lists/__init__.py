"""The one list of contacts, companies, leads, deals and tasks."""
