"""Bringing in InMails from files: read a file, say what would come of it, store it as one batch, take that back."""
