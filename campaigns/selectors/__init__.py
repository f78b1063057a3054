"""What the pages show: one named bundle for each; a module per idea."""
