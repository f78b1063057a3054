"""Families of metrics: entries of the catalogue, and how they are measured for all segments."""
