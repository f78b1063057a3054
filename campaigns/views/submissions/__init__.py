"""What the public hands in: the public page, the inbox, and what is decided there."""
