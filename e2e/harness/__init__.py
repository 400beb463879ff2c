"""The harness of the end-to-end tests: browser, extension copy, practice site, server, HTTP client."""
