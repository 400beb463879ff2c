"""The server process: the HTTP server, and the browser that it opens at its start."""
