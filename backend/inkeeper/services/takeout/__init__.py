"""Data as a whole: export, restore, erasing a person, checking the database."""
