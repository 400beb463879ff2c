"""Database engines: one module for each kind of database, behind the class `Engine`."""
