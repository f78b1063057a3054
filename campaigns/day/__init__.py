"""What this app brings to a person's day; a module per idea."""
