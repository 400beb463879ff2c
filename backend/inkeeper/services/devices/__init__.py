"""Authentication: devices, pairing, sign-in links for pages, tickets for downloads."""
