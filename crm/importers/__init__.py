"""Reading lists of creators and posts as people keep them.

No Django in here: bytes in, typed rows out.
"""
