"""Who may talk to the server: devices, pairing, links that sign a page in, tickets for downloads."""
