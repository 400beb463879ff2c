"""People: recipients of InMails, targets to write to, texts, campaigns and their results."""
