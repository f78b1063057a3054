"""The REST API of this app; a module per idea."""
