"""How posts do at an age, and whether a whole platform moved."""
