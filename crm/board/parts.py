"""What upper apps write on cards: their lines, in one look for all cards that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.models import Brand
from crm.registry import Registry
from crm.selectors import CreatorRow


@dataclass(frozen=True)
class Line:
    """A line of a card. `url` is a fragment that the drawer shows under `title`."""

    words: str
    icon: str
    # What the icon stands for, read aloud before the words.
    label: str
    url: str = ""
    title: str = ""
    # It waits for an answer, or asks for care.
    is_marked: bool = False


# Lines by relationship. Called once for each load of cards.
Lines = Callable[[Brand, Sequence[CreatorRow], datetime], Mapping[int, Sequence[Line]]]
PARTS: Registry[Lines] = Registry()
