"""Plans of a budget: asked for by people, worked out by a worker, taken over by people."""
