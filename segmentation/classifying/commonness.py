"""Which phrases enough texts share, found in bounded memory: nearly all pairs of words stand in
one text only, and to hold them all takes gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

# Places in a table of counts of a byte each. Phrases that share a place only let some through that
# are too rare, which whoever counts exactly leaves out.
_PLACES = 2**26
_MOST = 255


def common(
    texts: Iterable[str], phrases: Callable[[str], Iterable[str]], least: int
) -> Callable[[str], list[str]]:
    """What finds the phrases of a text that may stand in `least` of these texts, and hardly any
    other. The table lives as long as what is given back. Loads numpy: for workers.
    """
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    counts = np.zeros(_PLACES, dtype=np.uint8)

    def places(found: Iterable[str]) -> Any:
        # Not hash(): it differs between processes, and the same texts are to give the same.
        return np.fromiter((crc32(one.encode()) % _PLACES for one in found), dtype=np.int64)

    for text in texts:
        here = np.unique(places(set(phrases(text))))
        counts[here] += counts[here] < _MOST

    def shared(text: str) -> list[str]:
        found = list(phrases(text))
        is_common = counts[places(found)] >= least
        return [one for one, kept in zip(found, is_common, strict=True) if kept]

    return shared
