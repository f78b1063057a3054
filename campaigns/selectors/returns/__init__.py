"""What came back for what a campaign cost: by revenue, by media value, and never both in one."""
