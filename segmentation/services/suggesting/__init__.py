"""Suggest values of facts from what creators post, and learn from people's answers."""
