"""Incidents: reported, worked on by a runbook, resolved, and what was learned."""
