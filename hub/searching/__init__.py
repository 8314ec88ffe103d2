"""The one search: people, companies, deals, leads, tasks and what was said."""
