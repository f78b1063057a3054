"""Which rows: one filter for the page, the export and the API; a module per idea."""
