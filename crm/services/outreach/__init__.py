"""Outreach: rules, suppressions, templates, sequences, and what moves them; a module each."""
