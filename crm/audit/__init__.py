"""The audit ledger: what was done in a brand, in a chain of hashes that shows later tampering.

Each entry's hash covers its own content and the hash of the entry before, so that a changed,
removed or inserted entry breaks the chain from there on (`manage.py verify_ledger`). What is
personal lies beside the chain, which holds a salted digest of it: it can be erased, and the chain
still holds (docs/ledger.md).
"""

from __future__ import annotations

from crm.audit.checking import Broken, BrokenLink, Checker, Mark, entries_of, first_broken_link
from crm.audit.erasing import forget, forget_creator
from crm.audit.hashing import (
    GENESIS,
    SYSTEM,
    canonical,
    content,
    exported,
    hash_of,
    text_digest_of,
)
from crm.audit.origins import Origins
from crm.audit.subjects import about_creator, kinds_of_targets, ways_to_creators
from crm.audit.writing import Act, record, record_many

__all__ = (
    "GENESIS",
    "SYSTEM",
    "Act",
    "Broken",
    "BrokenLink",
    "Checker",
    "Mark",
    "Origins",
    "about_creator",
    "canonical",
    "content",
    "entries_of",
    "exported",
    "first_broken_link",
    "forget",
    "forget_creator",
    "hash_of",
    "kinds_of_targets",
    "record",
    "record_many",
    "text_digest_of",
    "ways_to_creators",
)
