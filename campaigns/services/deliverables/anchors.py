"""Where a remark stands in a text, and where it stands in the next version of that text."""

from __future__ import annotations

from dataclasses import dataclass

# Words before and after the quote, by which one of several places is told from the others.
_AROUND = 40


@dataclass(frozen=True)
class Place:
    """From and to, as places between characters."""

    start: int
    end: int


def anchored(old: str, new: str, place: Place) -> Place | None:
    """The place in `new` of what stood in `old` at `place`; None: it is not there any more.

    Where the quoted words stand several times, the place with the most of the same words around it
    is taken, and among those the one that moved least.
    """
    if old == new:
        return place
    quote = old[place.start : place.end]
    if not quote:
        return None
    before, after = old[max(0, place.start - _AROUND) : place.start], old[place.end :][:_AROUND]
    best: tuple[int, int] | None = None
    found: Place | None = None
    at = new.find(quote)
    while at >= 0:
        end = at + len(quote)
        alike = _same_end(before, new[:at]) + _same_start(after, new[end:])
        rank = (-alike, abs(at - place.start))
        if best is None or rank < best:
            best, found = rank, Place(at, end)
        at = new.find(quote, at + 1)
    return found


def _same_start(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _same_end(one: str, other: str) -> int:
    return _same_start(one[::-1], other[: -_AROUND - 1 : -1])
