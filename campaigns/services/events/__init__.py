"""Events of a campaign: planned, invited to, answered, attended, and what was posted of them."""
