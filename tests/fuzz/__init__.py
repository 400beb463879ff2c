"""Requests and files that nobody would send by mistake, made from a seed: no answer may be a failure of the server."""
