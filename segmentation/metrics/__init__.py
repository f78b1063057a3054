"""Metrics: what a scorecard measures, and how it is computed for all segments at once."""
