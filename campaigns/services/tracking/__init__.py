"""Tracking: short links, who follows them, codes, and days on which too many use one."""
