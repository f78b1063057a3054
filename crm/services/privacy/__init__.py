"""Requests of people about their data, and what is done for them (docs/privacy.md)."""
