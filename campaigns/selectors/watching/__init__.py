"""Posts over time, those below the usual, platforms week by week, and when posts do well."""
