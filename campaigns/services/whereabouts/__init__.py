"""Where creators are and how soon they can post: said, taken back, and erased once it is over."""
