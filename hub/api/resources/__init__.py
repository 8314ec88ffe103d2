"""Handlers of the API, one file a resource: decode, call one verb, return."""
