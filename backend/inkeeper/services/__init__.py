"""What a user can do, one module a use case. Knows no HTTP."""
