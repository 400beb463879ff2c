"""The server as a process: sockets, signals, the browser that it opens, the code that it prints."""
