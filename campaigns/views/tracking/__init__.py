"""Pages of tracking, and the redirect that needs none."""
