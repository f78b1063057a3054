"""Names that the statements about stretches share, and how a set of segments is written down."""

from __future__ import annotations

from collections.abc import Sequence

# Of a word: every flag is a positive bigint.
BITS = 62

KEPT = "segmentation_stretch"
# One that nobody needs again: of tiers, of a single segment, of long ago.
PASSING = "scorecard_stretch"
# Whose rows are filled where it is not everybody's.
SOME = "scorecard_some"
# Segments by their places in sets, and the brand's whole base as the first of them.
SEGMENTS = "scorecard_segment"
# Rows of SOME as they were, taken out of the table that is kept, and as they are, not yet in it.
WAS = "scorecard_was"
NOW = "scorecard_now"
# Stays of those of SOME whose standing may have changed, read once.
HELD = "scorecard_held"
# Times in segments that began or ended meanwhile.
SPANS = "scorecard_span"
POSTED = "scorecard_posted"
SEVERAL = "scorecard_several"
SCRATCH = (HELD, SPANS, POSTED, SEVERAL)
# Units of one creator are told apart by what is added to this times the creator's id; nothing is
# added for the segments that they are in the whole quarter.
MANY = 10_000

# Joined to rows with `segments`: the row once for each of them, with its `segment_id`.
EXPLODED = (
    f"CROSS JOIN LATERAL (SELECT g.segment_id FROM {SEGMENTS} g "  # noqa: S608 - a name of ours
    "WHERE segments[g.word] & g.flag <> 0) exploded"
)


def places(segments: Sequence[int]) -> tuple[list[int], list[int]]:
    """The words and flags of so many segments, in their order."""
    count = range(len(segments))
    return [place // BITS + 1 for place in count], [1 << place % BITS for place in count]


def words_for(segments: int) -> int:
    """How many words a set of so many segments has."""
    return (segments - 1) // BITS + 1


def words_together(segments: int) -> list[str]:
    """SQL that makes the words of one set of the `word` and `flag` of so many segments' rows."""
    words = words_for(segments)
    if words == 1:
        return ["bit_or(flag)"]
    return [f"coalesce(bit_or(flag) FILTER (WHERE word = {n}), 0)" for n in range(1, words + 1)]


def together(segments: int) -> str:
    """The same as the set that they make."""
    return f"ARRAY[{', '.join(words_together(segments))}]"


def holds(words: Sequence[int], place: int) -> bool:
    """Whether the segment of this place is in the set."""
    return bool(words[place // BITS] >> place % BITS & 1)
