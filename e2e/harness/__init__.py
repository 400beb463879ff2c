"""What the end-to-end tests stand on: browser, extension copy, practice site, server, HTTP client."""
