"""What a database has of its own: one module for each kind, behind the class `Engine`."""
