"""How much of a caption somebody saw without asking for more: where what they captured ends."""

from __future__ import annotations

import re

from campaigns.disclosure.text import INVISIBLE, Text

# "… more", "... mehr anzeigen": what platforms put where they cut, in few words.
_MORE = 24


def cut_of(caption: str | None, visible: str | None) -> int | None:
    """The place (code points of the composed caption) before which readers saw it.

    What was captured may begin with the name of the account and end with the platform's "more".
    None: nobody captured it, or it is of another text.
    """
    if caption is None or visible is None:
        return None
    text, seen = Text(caption).raw, Text(visible).raw
    if not seen.strip():
        return 0 if text.strip() else None
    for start in _starts(seen):
        place, at = _together(text, seen, start)
        rest = seen[at:].strip()
        if place and len(rest) <= _MORE and "\n" not in rest:
            return len(text) if _next(text, place) == len(text) else place
    return None


def _starts(seen: str) -> tuple[int, ...]:
    """The beginning of what was captured, and that without its first word."""
    first = re.match(r"\s*\S+\s+", seen)
    return (0, first.end()) if first else (0,)


def _together(text: str, seen: str, start: int) -> tuple[int, int]:
    """How far both say the same, spaces and invisible signs aside: places in either."""
    place, at = 0, start
    while True:
        ahead, after = _next(text, place), _next(seen, at)
        if ahead == len(text) or after == len(seen) or text[ahead] != seen[after]:
            return place, after
        place, at = ahead + 1, after + 1


def _next(text: str, place: int) -> int:
    while place < len(text) and (text[place].isspace() or text[place] in INVISIBLE):
        place += 1
    return place
