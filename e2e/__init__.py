"""End-to-end tests: the real extension in a real browser against the real server."""
