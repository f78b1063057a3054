"""Pages of outreach; a module each."""
