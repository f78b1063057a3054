"""Pages of a campaign's report: for the brand, and behind a link."""
