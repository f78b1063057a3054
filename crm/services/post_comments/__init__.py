"""Comments below posts: told once, counted by post, scored by workers, and let go in time."""
