"""Inkeeper: keeps the ledger of a LinkedIn subscription's InMail credits and warns before any are lost."""

__version__ = "0.2.0"
