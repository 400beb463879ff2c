"""The schema's steps, one file each, applied in the order of their numbers and never edited after a release."""
