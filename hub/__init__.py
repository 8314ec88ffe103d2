"""The roof: settings, engines, pages, API, command line; nobody imports it."""

__version__ = "0.1.0"
