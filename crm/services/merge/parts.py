"""What upper apps do themselves at a merge: for tables whose rows a walk cannot simply move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.registry import Registry


@dataclass(frozen=True)
class Part:
    """The tables of an app that it moves by itself, and how.

    tables  labels of the models, which the walk leaves alone
    lock    wait for whatever else writes them; called before any row is locked (kept, gone)
    count   how many rows of the creator that goes would move, by words for people (gone)
    move    do it (kept, gone, at); returns what `undo` needs, as JSON can hold it
    undo    take it back (kept, gone, at, what `move` returned)
    """

    key: str
    tables: frozenset[str]
    lock: Callable[[int, int], None]
    count: Callable[[int], dict[str, int]]
    move: Callable[[int, int, datetime], Any]
    undo: Callable[[int, int, datetime, Any], None]


# Upper apps add theirs in AppConfig.ready() (docs/adr/0011).
PARTS: Registry[Part] = Registry()
