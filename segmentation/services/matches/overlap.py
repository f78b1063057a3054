"""How much of a creator's audience somebody who is chosen already reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm.models import Brand
from segmentation.selectors.overlap import CREATORS_MOST, overlap_of

# Those who are compared: more chosen ones, or more of the ranking, would be compared in vain.
CHOSEN_MOST, COMPARED = 50, 300


def shares_with_chosen(
    brand: Brand, chosen: Sequence[int], creators: Sequence[int]
) -> Mapping[int, float]:
    """By creator the largest share of their audience that one of the chosen reaches, 0 to 1.

    Of the first 300 creators and the first 50 chosen; who is left out was not compared, or too
    few people of their audience are known.
    """
    known = sorted(chosen[:CHOSEN_MOST])
    if not known:
        return {}
    found: dict[int, float] = {}
    size = CREATORS_MOST - len(known)
    platform = basis = ""
    for start in range(0, min(len(creators), COMPARED), size):
        some = creators[start : min(start + size, COMPARED)]
        overlaps = overlap_of(brand, {*known, *some}, platform=platform, basis=basis)
        # All are compared in one way, or their shares could not be put beside each other.
        platform, basis = overlaps.platform, overlaps.basis
        for creator in some:
            shares = [
                share.value
                for other in known
                if other != creator
                and (pair := overlaps.pair(creator, other)) is not None
                and (share := pair.share_for(creator)) is not None
            ]
            if shares:
                found[creator] = min(max(*shares, 0.0), 1.0)
    return found
