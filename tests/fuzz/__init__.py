"""Fuzzers: each goes through many seeded inputs, and a few hundred of them in a normal test."""
