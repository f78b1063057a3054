"""Who makes which variant of content: by chance, and the same for whoever asks again."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256


def drawn(creator: int | str, shares: Mapping[str, int], *, seed: str) -> str:
    """The variant of a creator: by chance, by the shares of new creators, in percent.

    The same for whoever asks again with the same seed and shares.
    """
    chance = int.from_bytes(sha256(f"{seed}\x1f{creator}".encode()).digest()[:8])
    place = chance / 2**64 * sum(shares.values())
    for key, share in shares.items():
        if place < share:
            return key
        place -= share
    return next(reversed(list(shares)))
