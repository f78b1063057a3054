"""What posts are about, and how reliable a creator is in each format (F18)."""
