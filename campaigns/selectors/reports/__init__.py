"""The report of a campaign: the same JSON for page, guest, PDF, file, API and frozen copy."""
