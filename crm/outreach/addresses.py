"""Addresses as the suppression list keeps them: hashed, so that it names nobody by itself."""

from __future__ import annotations

import hashlib


def normal(address: str) -> str:
    """The address as two spellings of it compare."""
    return address.strip().lower()


def digest(brand_id: int, address: str) -> str:
    """What is stored of an address; another brand's hash of it is another one.

    Without a secret key on purpose: a key that is changed or lost would forget every opt-out. So it
    hides an address from who reads the table, not from who guesses addresses and tries them.
    """
    return hashlib.sha256(f"rapport:{brand_id}:{normal(address)}".encode()).hexdigest()


def hint(address: str) -> str:
    """As much of an address as somebody needs to recognise it: "m…@example.com"."""
    name, at, host = normal(address).rpartition("@")
    return f"{name[:1]}…{at}{host}"
