"""Disclosure of advertising: rule packs, a label matcher that explains itself, and `check`.

Plain Python without Django, so that a verdict can be tested and repeated without a database. The
packs are research, not law: every datum carries its source and how sure it is. A person decides.
"""
