"""Who can post soon, and where: what was said, with its source and age."""
