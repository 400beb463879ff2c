"""Reminders outside of the app: e-mails and the calendar feed."""
