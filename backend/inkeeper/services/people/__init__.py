"""People: who was written to, who is to be written to, with which text, in which campaign, and what came of it."""
