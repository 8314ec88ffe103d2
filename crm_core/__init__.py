"""The CRM: contacts, companies, leads, deals, tasks, users and their history; knows no channels and no HTTP."""
