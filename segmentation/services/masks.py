"""Sets of segments as whole numbers: segment n is one bit of word n // 62 of a bigint array.

Arrays in SQL count from 1, and so do words here. 62 bits keep every flag a positive bigint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

BITS = 62
FULL = (1 << BITS) - 1


def word_of(bit: int) -> int:
    """The word (from 1) that holds the bit."""
    return bit // BITS + 1


def flag_of(bit: int) -> int:
    """The bit's value within its word."""
    return 1 << bit % BITS


def words_for(bits: Iterable[int]) -> int:
    """How many words hold all the bits: at least one."""
    return max((word_of(bit) for bit in bits), default=1)


def holds(words: Sequence[int] | None, bit: int) -> bool:
    """Whether the bit is set; words that are not there hold nothing."""
    place = word_of(bit) - 1
    return words is not None and place < len(words) and bool(words[place] & flag_of(bit))


def bits_of(words: Sequence[int]) -> Iterator[int]:
    """The bits that are set, in order."""
    for place, word in enumerate(words):
        left = word
        while left:
            yield place * BITS + (left & -left).bit_length() - 1
            left &= left - 1


def flags_in(word: int, bits: Iterable[int]) -> int:
    """The flags of those bits that the word holds, together."""
    together = 0
    for bit in bits:
        if word_of(bit) == word:
            together |= flag_of(bit)
    return together


def either(terms: Sequence[str]) -> str:
    """SQL that ors the terms in a balanced tree: a chain of hundreds would exhaust the stack."""
    if not terms:
        return "0"
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return f"({either(terms[:middle])} | {either(terms[middle:])})"
