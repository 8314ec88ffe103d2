"""The roof: settings, engines, pages, API, command line; nobody imports it."""
