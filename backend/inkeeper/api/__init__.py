"""How clients reach the services: HTTP, JSON, version 1."""
