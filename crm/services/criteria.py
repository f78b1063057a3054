"""What a brand asks of a move from stage to stage, as upper apps know it.

It refuses nobody: a move against it takes a reason, which is kept with what was not so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from crm.choices import Stage
from crm.models import Brand, Relationship
from crm.registry import Registry

# In words, by id of the relationship: what the move asks and is not so. Who meets all is left out.
Unmet = dict[int, list[str]]
CRITERIA: Registry[Callable[[Brand, Sequence[Relationship], Stage, datetime], Unmet]] = Registry()


def unmet(brand: Brand, rows: Sequence[Relationship], to: Stage, at: datetime) -> Unmet:
    """What the move of each to `to` asks and is not so; a constant number of statements."""
    found: Unmet = {}
    for part in CRITERIA:
        for pk, words in part(brand, rows, to, at).items():
            found.setdefault(pk, []).extend(words)
    return found


def in_words(words: Sequence[str]) -> str:
    """What is not so, for the end of a question."""
    return f"Not so, or not known: {'; '.join(words)}."
