"""What reaches a user away from the app: reminders by e-mail and the calendar feed."""
