"""Imports of InMails from files: reading a file, a preview, storing it as one batch, taking the batch back."""
