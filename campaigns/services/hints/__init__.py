"""Hints that posts which disclose nothing read like advertising: told, learned, answered."""
