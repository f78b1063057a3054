"""What creators are like: made anew each night, and looked up to find others like them."""
