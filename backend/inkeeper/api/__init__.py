"""The HTTP API, version 1: JSON routes over the services."""
