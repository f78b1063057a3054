"""The pages of this app; a module per idea."""
