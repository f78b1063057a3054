"""Pages of the watch over posts and platforms."""
